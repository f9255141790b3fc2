// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, spoken to in lines, which ends when its input does. Owned by one thread at a time. */
public final class ChildJvm implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

    private final Process process;
    private final BufferedWriter to;
    private final BufferedReader from;

    private ChildJvm(Process process) {
        this.process = process;
        this.to = process.outputWriter(StandardCharsets.UTF_8);
        this.from = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts the program on this JVM's class path. */
    public static ChildJvm start(List<String> jvmOptions, Class<?> main, String... arguments) throws IOException {
        return start(Map.of(), jvmOptions, main, arguments);
    }

    /**
     * The same in another environment.
     *
     * @param environment is added to this process's own
     */
    public static ChildJvm start(
            Map<String, String> environment, List<String> jvmOptions, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-Djava.util.logging.config.class=" + Logging.class.getName());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new ChildJvm(builder.start());
    }

    /** The next line that it says. Blocks; errors when it has ended. */
    public String hear() {
        try {
            String line = from.readLine();
            if (line == null) {
                throw new IllegalStateException("process " + process.pid() + " has ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says a line. */
    public void tell(String line) {
        try {
            to.write(line);
            to.write('\n');
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("process " + process.pid() + " has gone", e);
        }
    }

    /** Says a line and returns the answer. Blocks. */
    public String ask(String line) {
        tell(line);
        return hear();
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** {@code kill -9}: ends it where it stands. Blocks until it has ended. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM: asks it to stop. Blocks until it has ended; it is killed when that takes too long. */
    public void terminate() {
        process.destroy();
        awaitEnd();
    }

    /** What it has cost so far, and what it holds. */
    public Usage usage() {
        return Usage.of(process.toHandle());
    }

    /** Ends its input, which ends it. */
    @Override
    public void close() {
        try {
            to.close();
            awaitEnd();
        } catch (IOException e) {
            process.destroyForcibly();
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
