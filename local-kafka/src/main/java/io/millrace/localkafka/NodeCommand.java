// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line of the child: the same Java and the same class path as this JVM's, and flags for a small node. */
final class NodeCommand {
    /*
     * SerialGC and C1 only: the quickest start and the fewest threads (2.8 s instead of twice that on two busy cores).
     * The node's work is copying bytes and waiting for the disk, which C2 hardly makes faster.
     * ExitOnOutOfMemoryError: a node that is out of memory is dead but does not know it; a supervisor can help a dead
     * one only.
     */
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true");

    private NodeCommand() {}

    static List<String> of(LocalKafkaConfig config) {
        return of(
                NodeMain.class,
                config.heapMebibytes(),
                config.logFile(),
                NodeArguments.of(config).format());
    }

    static List<String> of(Class<?> main, int heapMebibytes, Path logFile, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(FLAGS);
        command.add("-Xmx" + heapMebibytes + "m");
        command.add("-Dlogback.configurationFile=io/millrace/localkafka/node-logback.xml");
        command.add("-Dmillrace.localkafka.log=" + logFile);
        command.add("-cp");
        command.add(classPath());
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    /** {@code java.home} first: the running command may be a launcher of another name. */
    private static String java() {
        Path bin = Path.of(System.getProperty("java.home"), "bin");
        return Stream.of(bin.resolve("java"), bin.resolve("java.exe"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .or(() -> ProcessHandle.current().info().command())
                .orElse("java");
    }

    /** What this JVM was started with, after what a class loader above it has added for this class (build tools do). */
    private static String classPath() {
        String started = System.getProperty("java.class.path");
        if (NodeCommand.class.getClassLoader() instanceof URLClassLoader loader) {
            String added = Stream.of(loader.getURLs())
                    .filter(url -> url.getProtocol().equals("file"))
                    .map(NodeCommand::path)
                    .collect(Collectors.joining(File.pathSeparator));
            return added + File.pathSeparator + started;
        }
        return started;
    }

    private static String path(URL url) {
        try {
            return Path.of(url.toURI()).toString();
        } catch (java.net.URISyntaxException e) {
            return url.getPath();
        }
    }
}
