// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.connect.Inflow;
import io.millrace.cli.connect.Reconnects;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.producers.Producer;
import io.millrace.producers.PublishResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Takes an input to a producer, and learns the fate of every event until the input ends or something stops it. */
final class Publication {
    private static final int CAPACITY = 4096;
    private static final long LAST_ACKS_NANOS = Duration.ofSeconds(3).toNanos();

    private final EventInput input;
    private final Tally tally;
    private final AckJournal journal;
    private final Reconnects reconnects;
    private final Interrupts interrupts;
    private long interruptedNanos;

    Publication(EventInput input, Tally tally, AckJournal journal, Reconnects reconnects, Interrupts interrupts) {
        this.input = input;
        this.tally = tally;
        this.journal = journal;
        this.reconnects = reconnects;
        this.interrupts = interrupts;
    }

    /**
     * Publishes. The first event that fails, bad input and a signal all stop the reading; what was handed over before is
     * waited for. Throws what ends the command when the server stays away.
     */
    void run(Producer producer) {
        interrupts.claim();
        Scheduler reading = Schedulers.newSingle("input", true);
        try (Inflow<PublishResult> results = Inflow.of(producer.publishEach(input.events(reading)), CAPACITY)) {
            settle(results);
        } finally {
            journal.flush();
            reading.dispose();
        }
    }

    /** Events that were handed over and whose fate nobody knows. */
    long unknown() {
        return input.emitted() - tally.settled();
    }

    private void settle(Inflow<PublishResult> results) {
        PublishResult result = next(results);
        while (result != null) {
            long line = input.settledLine();
            if (result instanceof PublishResult.Stored stored) {
                tally.stored(stored.ack());
                journal.stored(line, stored.ack());
            } else if (result instanceof PublishResult.Failed failed) {
                tally.failed(line, failed.cause());
                input.stop();
            }
            result = next(results);
        }
    }

    private @Nullable PublishResult next(Inflow<PublishResult> results) {
        if (interrupts.raised()) {
            input.stop();
        }
        return results.next(this::idle, this::isOver);
    }

    private void idle() {
        journal.flush();
        if (unknown() > 0) {
            reconnects.check();
        }
    }

    /** The input may be blocked in a read that nothing ends, so after a signal or a failure we wait for acks only. */
    private boolean isOver() {
        boolean stopping = interrupts.raised() || tally.firstFailure().isPresent();
        if (!stopping) {
            return false;
        }
        input.stop();
        interruptedNanos = interruptedNanos == 0 ? System.nanoTime() : interruptedNanos;
        return unknown() == 0 || (interrupts.raised() && System.nanoTime() - interruptedNanos > LAST_ACKS_NANOS);
    }

    /** A failure of the connection, with what had been stored before. */
    static CommandFailure withCounts(CommandFailure failure, Tally tally, long unknown) {
        String counts = Tally.counted(tally.published()) + " had been acknowledged"
                + (unknown > 0
                        ? ", and of " + Tally.counted(unknown) + " it is not known whether they are stored"
                        : "");
        return new CommandFailure(
                tally.published() > 0 ? ExitCode.PARTLY : failure.exitCode(),
                failure.sentence() + "; " + counts,
                failure);
    }
}
