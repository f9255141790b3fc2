// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.subscribe;

import io.millrace.cli.connect.Inflow;
import io.millrace.cli.connect.Reconnects;
import io.millrace.cli.console.Console;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.output.DeliveredEvent;
import io.millrace.cli.output.EventWriter;
import io.millrace.consumers.ReceivedEvent;
import org.reactivestreams.Publisher;

/**
 * From a stream of events to standard output. What has come is flushed whenever nothing more is there, so the reader of
 * a pipe sees an event at once, and a busy stream is written in large pieces.
 */
public final class Outflow {
    private static final int CAPACITY = 1024;

    private final Console console;
    private final EventWriter writer;
    private final Reconnects reconnects;
    private long written;

    /** An outflow that ends when the server is away for too long. */
    public Outflow(Console console, EventWriter writer, Reconnects reconnects) {
        this.console = console;
        this.writer = writer;
        this.reconnects = reconnects;
    }

    /** May hold events back until they are due. */
    @FunctionalInterface
    public interface Pace {
        /** Everything at once. */
        Pace NONE = event -> {};

        /** Returns when the event is due, or when the program is interrupted. */
        void await(ReceivedEvent event);
    }

    /** Writes until the stream ends or the program is interrupted. What was written is complete in any case. */
    public ExitCode write(Publisher<ReceivedEvent> events, Pace pace) {
        console.interrupts().claim();
        try (Inflow<ReceivedEvent> inflow = Inflow.of(events, CAPACITY)) {
            return drain(inflow, pace);
        } finally {
            writer.end();
            console.out().flush();
        }
    }

    /** How many events were written. */
    public long written() {
        return written;
    }

    private ExitCode drain(Inflow<ReceivedEvent> inflow, Pace pace) {
        while (true) {
            ReceivedEvent event = inflow.next(this::idle, console.interrupts()::raised);
            if (event != null) {
                pace.await(event);
            }
            if (console.interrupts().raised()) {
                return ExitCode.INTERRUPTED;
            }
            if (event == null) {
                return ExitCode.OK;
            }
            writer.write(new DeliveredEvent(
                    event.topic(),
                    event.partition(),
                    event.offset(),
                    event.recordTime(),
                    event.event(),
                    event.checksumFailed()));
            written++;
        }
    }

    private void idle() {
        console.out().flush();
        reconnects.check();
    }
}
