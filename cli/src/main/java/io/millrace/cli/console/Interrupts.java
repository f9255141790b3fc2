// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.console;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGINT and SIGTERM, for commands that have something to put in order before they end.
 *
 * <p>A command that has called {@link #claim} takes the first signal in hand; the second one, or the first where no
 * command has claimed it, ends the program at once. Thread-safe.
 */
public final class Interrupts {
    /** Which signal came. */
    public enum Kind {
        /** SIGINT, control-C. */
        INT,
        /** SIGTERM. */
        TERM
    }

    private final CompletableFuture<Kind> first = new CompletableFuture<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final Runnable endAtOnce;

    /** Interrupts of a program that is ended at once by {@code endAtOnce}. */
    public Interrupts(Runnable endAtOnce) {
        this.endAtOnce = endAtOnce;
    }

    /** From now on the first signal only shows in {@link #raised} and {@link #await}. */
    public void claim() {
        claimed.set(true);
    }

    /** True once a signal has come. */
    public boolean raised() {
        return first.isDone();
    }

    /** Waits for the first signal. Blocks. */
    public Kind await() {
        return first.join();
    }

    /** Called when a signal comes. */
    public void raise(Kind kind) {
        boolean again = !first.complete(kind);
        if (again || !claimed.get()) {
            endAtOnce.run();
        }
    }
}
