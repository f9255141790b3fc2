// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the system that scenarios need, which mount and unmount. All methods block. */
final class SystemTools {
    private static final long PATIENCE_SECONDS = 60;
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"), Path.of("/bin"));

    private SystemTools() {}

    /** Where libfaketime is, if it is here. */
    static Optional<Path> clockLibrary() {
        try (Stream<Path> architectures = Files.list(Path.of("/usr/lib"))) {
            return architectures
                    .map(architecture -> architecture.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::isReadable)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // no such directory: another system
        }
    }

    /** Why not all of these can be used, or nothing when they can. */
    static Optional<String> missing(String... programs) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("only root may mount");
        }
        return Stream.of(programs)
                .filter(program -> find(program).isEmpty())
                .findFirst()
                .map(program -> "there is no program '" + program + "'");
    }

    /** Runs one; what it has printed. Errors with IllegalStateException when it fails. */
    static String run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(find(program)
                .orElseThrow(() -> new IllegalStateException("there is no program '" + program + "'"))
                .toString());
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " has failed: " + said);
            }
            return said;
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command) + " could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Optional<Path> find(String program) {
        return PLACES.stream()
                .map(place -> place.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
