// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import io.millrace.broker.Broker;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.core.log.EventLog;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A broker on Kafka in a JVM of its own, so that its heap holds nothing else. It answers each line on its standard input
 * with a number, and ends when its input does. Owned by one thread.
 */
final class BrokerProcess implements AutoCloseable {
    private static final String HEAP = "heap";
    private static final String STREAMS = "streams";
    private static final String LEDGER = "ledger";
    private static final int STOP_SECONDS = 20;

    private final Process process;
    private final BufferedWriter toBroker;
    private final BufferedReader fromBroker;
    private final int port;

    private BrokerProcess(Process process) throws IOException {
        this.process = process;
        toBroker = process.outputWriter(StandardCharsets.US_ASCII);
        fromBroker = process.inputReader(StandardCharsets.US_ASCII);
        port = (int) answer();
    }

    /** Starts one with rings of this size; returns when it serves. */
    static BrokerProcess start(String bootstrapServers, int ringBytes) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC", // after a collection, "used" is what is alive, to the byte
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        bootstrapServers,
                        Integer.toString(ringBytes))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new BrokerProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** What its heap holds after a collection. */
    long heapBytesAfterCollection() {
        return ask(HEAP);
    }

    /** Streams that are open. */
    long streams() {
        return ask(STREAMS);
    }

    /** Bytes of payload that it holds. */
    long ledgerBytes() {
        return ask(LEDGER);
    }

    @Override
    public void close() throws IOException {
        toBroker.close();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the broker has not stopped within " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private long ask(String question) {
        try {
            toBroker.write(question);
            toBroker.write('\n');
            toBroker.flush();
            return answer();
        } catch (IOException e) {
            throw new UncheckedIOException("the broker has gone", e);
        }
    }

    private long answer() throws IOException {
        String line = fromBroker.readLine();
        if (line == null) {
            throw new IOException("the broker has ended");
        }
        return Long.parseLong(line);
    }

    /** The child. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        int ringBytes = Integer.parseInt(arguments[1]);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (EventLog log = KafkaEventLog.connect(KafkaLogConfig.of(arguments[0]));
                Broker broker = Broker.builder()
                        .log(log)
                        .port(0)
                        .limits(BrokerLimits.defaults().withRingBytes(ringBytes, ringBytes))
                        .start()) {
            answers.println(broker.port());
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                answers.println(
                        switch (question) {
                            case HEAP -> usedHeapBytes();
                            case STREAMS -> broker.streams();
                            case LEDGER -> broker.ledger().usedBytes();
                            default -> throw new IllegalArgumentException("unknown question: " + question);
                        });
            }
        }
        System.exit(0);
    }

    private static long usedHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
