// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import reactor.core.publisher.Flux;

/**
 * Whether a log can be reached, as far as it knows by now: what others decide by whether to begin something, to wait or
 * to say why nothing comes. A log that is away comes back by itself.
 *
 * <p><b>Threads.</b> Safe from any thread; never blocks.
 */
public interface LogHealth {
    /** A log that is always there. */
    LogHealth ALWAYS = new LogHealth() {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public Flux<Boolean> states() {
            return Flux.concat(Flux.just(true), Flux.never());
        }
    };

    /** False while the log does not answer. Costs a read of a field. */
    boolean isAvailable();

    /**
     * What {@link #isAvailable} says, now and after each change. Never ends, and a subscriber keeps up, so it requests
     * without bound; signals come one at a time on threads of the log, where it must not block.
     */
    Flux<Boolean> states();
}
