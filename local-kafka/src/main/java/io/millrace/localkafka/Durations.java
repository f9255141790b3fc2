// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.time.Duration;

/** Durations as a person reads them. */
final class Durations {
    private Durations() {}

    /** {@code "30 s"} for whole seconds, {@code "250 ms"} for anything else. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
    }
}
