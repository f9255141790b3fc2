// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A run of a program that is not ours: its input, what it says, how it ends. */
final class ForeignProgram implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;

    private final List<String> command;
    private final Process process;
    private final Output output;
    private final Output complaints;

    private ForeignProgram(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.output = new Output(process.getInputStream());
        this.complaints = new Output(process.getErrorStream());
    }

    /** Starts a program and gives it its whole input. */
    static ForeignProgram start(Map<String, String> environment, byte[] input, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process process = builder.start();
            ForeignProgram program = new ForeignProgram(command, process);
            try (var stdin = process.getOutputStream()) {
                stdin.write(input);
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True when a program can be started and ends well, for example to ask for its version. */
    static boolean runs(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What it has written so far. */
    String outputSoFar() {
        return new String(output.bytes(), StandardCharsets.UTF_8);
    }

    /** Waits until it ends well, and answers everything that it wrote. */
    byte[] result() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(describe("did not end within " + PATIENCE_SECONDS + " s"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
        output.await();
        complaints.await();
        if (process.exitValue() != 0) {
            throw new AssertionError(describe("ended with " + process.exitValue()));
        }
        return output.bytes();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String describe(String what) {
        return command + " " + what + "\n" + outputSoFar() + "\n"
                + new String(complaints.bytes(), StandardCharsets.UTF_8);
    }

    /** Gathers a stream as it comes, so that the program never waits for a reader. */
    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<Void> end;

        Output(InputStream stream) {
            end = CompletableFuture.runAsync(() -> drain(stream), task -> {
                Thread thread = new Thread(task, "foreign-program-output");
                thread.setDaemon(true);
                thread.start();
            });
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        void await() {
            end.join();
        }

        private void drain(InputStream stream) {
            try {
                stream.transferTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
