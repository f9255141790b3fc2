// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.connect;

import io.millrace.cli.console.Console;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.option.Durations;
import io.millrace.client.ConnectionListener;
import io.millrace.client.Endpoint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bears with a server that is away, up to the time that the person has allowed. The SDK tries again without end; this
 * is what ends it, and what tells the person meanwhile.
 */
public final class Reconnects implements ConnectionListener {
    private static final long CONNECTED = -1;

    private final Console console;
    private final Duration patience;
    private final LongSupplier nanoClock;
    private final AtomicLong awaySinceNanos;
    private volatile boolean told;

    /** Nothing is open yet, and the time runs. */
    public Reconnects(Console console, Duration patience) {
        this(console, patience, System::nanoTime);
    }

    Reconnects(Console console, Duration patience, LongSupplier nanoClock) {
        this.console = console;
        this.patience = patience;
        this.nanoClock = nanoClock;
        this.awaySinceNanos = new AtomicLong(now());
    }

    @Override
    public void onOpened(String stream, Endpoint endpoint) {
        if (awaySinceNanos.getAndSet(CONNECTED) != CONNECTED && told) {
            told = false;
            console.say("millrace: connected to " + endpoint + " again");
        }
    }

    @Override
    public void onRetry(Retry retry) {
        if (awaySinceNanos.compareAndSet(CONNECTED, now())) {
            told = true;
            console.say("millrace: lost " + retry.endpoint() + "; trying again for " + Durations.text(patience));
        }
    }

    /** Throws a failure with exit code 3 when the server has been away for too long. */
    public void check() {
        long since = awaySinceNanos.get();
        if (since != CONNECTED && now() - since > patience.toNanos()) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "no server for " + Durations.text(patience) + "; see that it serves, or allow more with --timeout");
        }
    }

    /** Never {@link #CONNECTED}. */
    private long now() {
        return nanoClock.getAsLong() & Long.MAX_VALUE;
    }
}
