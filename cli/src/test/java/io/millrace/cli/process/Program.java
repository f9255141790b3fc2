// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program as it is packaged, in processes of their own whose streams are files. */
final class Program implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private Program(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts a command; standard input is a file, or nothing. */
    static Program start(Path directory, Path input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+IgnoreUnrecognizedVMOptions", // these three as the launcher has them, for JDK 24 and later
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                lib() + "/*",
                "io.millrace.cli.Main"));
        command.addAll(List.of(arguments));
        return start(directory, input, command);
    }

    static Program start(Path directory, Path input, List<String> command) {
        try {
            Path out = Files.createTempFile(directory, "out", ".txt");
            Path err = Files.createTempFile(directory, "err", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .redirectInput(input == null ? Path.of("/dev/null").toFile() : input.toFile());
            builder.environment().put("XDG_STATE_HOME", directory.toString());
            builder.environment().remove("MILLRACE_ENDPOINT");
            return new Program(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end. */
    static Program run(Path directory, Path input, String... arguments) {
        Program program = start(directory, input, arguments);
        program.exitCode();
        return program;
    }

    static Path lib() {
        Path lib = Path.of("target", "millrace", "lib").toAbsolutePath();
        assertThat(lib).as("the packaged program").isNotEmptyDirectory();
        return lib;
    }

    int exitCode() {
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES))
                    .as("the command ends: " + err())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    String out() {
        return read(out);
    }

    List<String> lines() {
        return out().lines().toList();
    }

    String err() {
        return read(err);
    }

    /** Sends a signal of {@code kill}. */
    static void signal(long pid, String name) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
