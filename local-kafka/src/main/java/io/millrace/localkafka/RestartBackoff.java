// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next start: from 100 ms, doubled up to 10 s, each time a random part between half and the
 * whole of it; from the beginning again once a node has lived longer than the longest pause.
 *
 * <p>Not safe for several threads.
 */
final class RestartBackoff {
    static final Duration SHORTEST = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofSeconds(10);

    private final RandomGenerator random;
    private Duration bound = SHORTEST;

    RestartBackoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        Duration pause = bound.dividedBy(2).plusNanos(random.nextLong(bound.toNanos() / 2 + 1));
        Duration doubled = bound.multipliedBy(2);
        bound = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return pause;
    }

    void lived(Duration lifetime) {
        if (lifetime.compareTo(LONGEST) > 0) {
            bound = SHORTEST;
        }
    }
}
