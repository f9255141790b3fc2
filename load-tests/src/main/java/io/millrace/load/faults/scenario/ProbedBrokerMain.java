// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.broker.Broker;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.load.faults.ServedBroker;
import io.millrace.load.stage.BrokerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The broker of {@link BrokerMain} that can be asked how it is: it says its port, answers each line with
 * {@code PEAK LIMIT MILLIS}, which is what its memory ledger has held and may hold at most in bytes and its clock's time,
 * and ends when its input does.
 */
final class ProbedBrokerMain {
    /** In a process of its own. */
    static final ServedBroker.Program PROGRAM = ServedBroker.Program.of(ProbedBrokerMain.class);

    private static final long LOOK_EVERY_NANOS = 200_000;

    private ProbedBrokerMain() {}

    /** Serves the cluster that is named. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        MemoryLedger ledger = MemoryLedger.ofHeapShare();
        AtomicLong peak = watch(ledger);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (KafkaEventLog log = KafkaEventLog.connect(BrokerMain.cluster(arguments[0]));
                Broker broker = Broker.builder().log(log).ledger(ledger).port(0).start()) {
            answers.println(broker.port());
            while (questions.readLine() != null) {
                answers.println(peak.get() + " " + ledger.limitBytes() + " " + System.currentTimeMillis());
            }
        }
        System.exit(0);
    }

    private static AtomicLong watch(MemoryLedger ledger) {
        AtomicLong peak = new AtomicLong();
        Thread thread = new Thread(
                () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        peak.accumulateAndGet(ledger.usedBytes(), Math::max);
                        LockSupport.parkNanos(LOOK_EVERY_NANOS);
                    }
                },
                "ledger-peak");
        thread.setDaemon(true);
        thread.start();
        return peak;
    }
}
