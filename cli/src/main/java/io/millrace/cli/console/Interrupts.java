// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.console;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * SIGINT and SIGTERM, for commands that have something to put in order first.
 *
 * <p>A command that waits on {@link #first} takes the first signal in hand; the second one, or the first where no
 * command waits, ends the program at once. Thread-safe.
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
    private final AtomicBoolean awaited = new AtomicBoolean();
    private final Runnable endAtOnce;

    /** Interrupts of a program that is ended at once by {@code endAtOnce}. */
    public Interrupts(Runnable endAtOnce) {
        this.endAtOnce = endAtOnce;
    }

    /** The first signal, also when it came before; never errors. Cancelling changes nothing. */
    public Mono<Kind> first() {
        awaited.set(true);
        return Mono.fromFuture(first, true);
    }

    /** True once a signal has come. */
    public boolean raised() {
        return first.isDone();
    }

    /** Called when a signal comes. */
    public void raise(Kind kind) {
        boolean again = !first.complete(kind);
        if (again || !awaited.get()) {
            endAtOnce.run();
        }
    }
}
