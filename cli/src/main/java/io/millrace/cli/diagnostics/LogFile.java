// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.diagnostics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file for log lines of this process: {@code $XDG_STATE_HOME/millrace/<command>-<time>-<pid>.log}, made with its
 * first line. The newest {@value #KEPT} are kept.
 */
public final class LogFile {
    private static final int KEPT = 20;
    private static final String PROPERTY = "millrace.log.file";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private LogFile() {}

    /** Chooses the file. Must come before the first logger is made, because logging begins with that. */
    public static void choose(String command) {
        if (System.getProperty(PROPERTY) != null) {
            return;
        }
        Path directory = directory();
        removeOld(directory);
        String name = command + "-" + TIME.format(LocalDateTime.now()) + "-"
                + ProcessHandle.current().pid() + ".log";
        System.setProperty(PROPERTY, directory.resolve(name).toString());
    }

    /** The file, where one was chosen. */
    public static Optional<Path> path() {
        return Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of);
    }

    /** The file, where something was written to it. */
    public static Optional<Path> written() {
        return path().filter(file -> Files.isRegularFile(file) && file.toFile().length() > 0);
    }

    private static Path directory() {
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state != null && !state.isBlank()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        Path preferred = base.resolve("millrace");
        try {
            Files.createDirectories(preferred);
            if (Files.isWritable(preferred)) {
                return preferred;
            }
        } catch (IOException e) {
            // a home that cannot be written to: the directory for temporary files serves as well
        }
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void removeOld(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> logs = files.filter(
                            file -> file.getFileName().toString().matches("[a-z]+-\\d{8}-\\d{6}-\\d+\\.log(\\.\\d)?"))
                    .sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().lastModified())
                            .reversed())
                    .toList();
            for (Path old : logs.subList(Math.min(KEPT, logs.size()), logs.size())) {
                Files.deleteIfExists(old);
            }
        } catch (IOException e) {
            // old files that cannot be removed do no harm to this command
        }
    }
}
