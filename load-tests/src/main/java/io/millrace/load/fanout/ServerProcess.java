// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a child JVM, and the CPU time of that whole JVM. Owned by one thread. */
final class ServerProcess implements FanOutServer {
    /** The same for both: what {@code millrace serve} runs with, and a fixed heap. */
    static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseG1GC",
            "-Xms1g",
            "-Xmx1g",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

    private final Process process;
    private final BufferedWriter toServer;
    private final BufferedReader fromServer;
    private final int port;
    private long fed;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        this.toServer = process.outputWriter(StandardCharsets.US_ASCII);
        this.fromServer = process.inputReader(StandardCharsets.US_ASCII);
        this.port = answer(ServerMain.PORT);
    }

    /** Starts one; returns when it serves. */
    static ServerProcess start(Contestant contestant) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), ServerMain.class.getName(), contestant.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new ServerProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int subscribers() {
        try {
            tell(ServerMain.SUBSCRIBERS);
            return answer(ServerMain.SUBSCRIBERS);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Tells the server to; returns at once. */
    @Override
    public void feedUntil(long offset) {
        try {
            tell(ServerMain.FEED + " " + offset);
            fed = offset;
        } catch (IOException e) {
            throw gone(e);
        }
    }

    @Override
    public long fed() {
        return fed;
    }

    /** CPU time that the process has used, user and system, all threads. The kernel counts it in steps of 10 ms. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow(() -> new IllegalStateException("no CPU time is known"));
    }

    /** Ends its input, which ends it. */
    @Override
    public void close() {
        try {
            toServer.close();
            if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String line) throws IOException {
        toServer.write(line);
        toServer.write('\n');
        toServer.flush();
    }

    private int answer(String name) throws IOException {
        String line = fromServer.readLine();
        if (line == null || !line.startsWith(name + " ")) {
            throw new IOException("the server answered '" + line + "' where its " + name + " was expected");
        }
        return Integer.parseInt(line, name.length() + 1, line.length(), 10);
    }

    private static UncheckedIOException gone(IOException cause) {
        return new UncheckedIOException("the server under test has gone", cause);
    }
}
