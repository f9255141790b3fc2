// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Someone who types what a page shows, in an empty directory where {@code ./millrace} is the launcher. That one gives
 * servers ports and data of their own, so that the session disturbs nothing on this machine; what it writes shows the
 * usual ports again.
 */
final class Session implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String SHIM = """
            #!/bin/sh
            export MILLRACE_ENDPOINT=127.0.0.1:%1$d
            case "$1" in
                serve) exec '%3$s' "$@" --grpc-port %1$d --kafka-port %2$d --data-dir '%4$s' ;;
                *) exec '%3$s' "$@" ;;
            esac
            """;

    private final Path directory;
    private final int grpcPort;
    private final int kafkaPort;
    private final List<Terminal> terminals = new ArrayList<>();

    /** A terminal that stays open. */
    private record Terminal(CommandBlock block, Process process, Path output, String shown) {}

    Session(Path directory) throws IOException {
        this.directory = directory;
        this.grpcPort = freePort();
        this.kafkaPort = freePort();
        Path shim = Files.writeString(
                directory.resolve("millrace"),
                SHIM.formatted(grpcPort, kafkaPort, Repository.file("millrace"), directory.resolve("data")));
        Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void type(CommandBlock block) throws IOException, InterruptedException {
        if (block.language().equals("sh")) {
            run(block, block.text(), false);
            return;
        }
        for (Exchange exchange : Exchange.of(block)) {
            if (block.ownTerminal()) {
                open(block, exchange);
            } else {
                assertThat(run(block, exchange.command(), true))
                        .as("what %s writes for: %s", block.where(), exchange.command())
                        .matches(pattern(exchange.shown()));
            }
        }
    }

    /** What the page shows of an open terminal must have come by the end, and nothing else. */
    void checkTerminals() {
        for (Terminal terminal : terminals) {
            await("the terminal of " + terminal.block.where())
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(output(terminal.output)).matches(pattern(terminal.shown)));
        }
    }

    /** Stops what runs in the terminals, the last one first. */
    @Override
    public void close() throws InterruptedException {
        for (int i = terminals.size() - 1; i >= 0; i--) {
            Process process = terminals.get(i).process;
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(terminals.get(i).block.where() + " did not stop");
            }
        }
    }

    private void open(CommandBlock block, Exchange exchange) throws IOException {
        Path output = Files.createTempFile(directory, "terminal", ".txt");
        Process process = bash(List.of(), "exec " + exchange.command(), output);
        terminals.add(new Terminal(block, process, output, exchange.shown()));
        if (!block.showsMoreLater()) {
            await("what " + block.where() + " shows").atMost(PATIENCE).untilAsserted(() -> {
                assertThat(process.isAlive())
                        .as("%s is running: %s", block.where(), output(output))
                        .isTrue();
                assertThat(output(output)).matches(pattern(exchange.shown()));
            });
        }
    }

    private String run(CommandBlock block, String script, boolean outputIsShown)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        // A script ends with its first failure; at a prompt life goes on.
        Process process = bash(outputIsShown ? List.of() : List.of("-e", "-o", "pipefail"), script, output);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(block.where() + " did not end: " + output(output));
        }
        assertThat(process.exitValue())
                .as("exit code of %s: %s\n%s", block.where(), script, output(output))
                .isZero();
        assertThat(outputIsShown || output(output).lines().allMatch(line -> line.startsWith("millrace: ")))
                .as("a script whose output is not shown writes nothing but messages: %s", output(output))
                .isTrue();
        return output(output);
    }

    private Process bash(List<String> options, String script, Path output) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash"));
        command.addAll(options);
        command.addAll(List.of("-c", script));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private String output(Path file) {
        return Repository.read(file)
                .replace("127.0.0.1:" + grpcPort, "127.0.0.1:7450")
                .replace("127.0.0.1:" + kafkaPort, "127.0.0.1:7492");
    }

    /** What is shown, with any text for {@code …}, and any lines for one that is nothing else. */
    private static Pattern pattern(String shown) {
        return Pattern.compile(shown.lines()
                .map(line -> line.equals("…") ? "(?:.*\\n)*?" : patternOfLine(line) + "(?:\\n|$)")
                .collect(Collectors.joining("", "\\s*", "\\s*")));
    }

    private static String patternOfLine(String line) {
        return Arrays.stream(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }

    /** Below the ports that the system gives to outgoing connections, so nobody takes it in between. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: try the next one
            }
        }
    }

    /** A command and what the page shows of its output. */
    private record Exchange(String command, String shown) {
        static List<Exchange> of(CommandBlock block) {
            List<Exchange> exchanges = new ArrayList<>();
            for (String part : block.text().split("(?m)^\\$ ")) {
                if (!part.isBlank()) {
                    exchanges.add(of(part));
                }
            }
            return exchanges;
        }

        private static Exchange of(String part) {
            List<String> lines = part.lines().toList();
            int end = 1;
            while (end < lines.size() && lines.get(end).startsWith("> ")) {
                end++;
            }
            String command = lines.get(0)
                    + lines.subList(1, end).stream()
                            .map(line -> "\n" + line.substring(2))
                            .collect(Collectors.joining());
            return new Exchange(command, String.join("\n", lines.subList(end, lines.size())));
        }
    }
}
