// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StretchesTest {
    private final StoredLog log = new StoredLog(2, 10);

    @Test
    void holesAndWhatIsBehindTheEndHoldNothing() {
        log.stored(0, 1, 11);
        log.stored(0, 4, 14);
        Stretches stretches = new Stretches(log);

        assertThat(stretches.count(0, 0, 5)).isEqualTo(2);
        assertThat(stretches.count(0, 2, 4)).isZero();
        assertThat(stretches.count(0, 4, 100)).isEqualTo(1);
        assertThat(stretches.count(1, 0, 5)).isZero();
    }

    @Test
    void theDigestTellsWhichEventLiesWhere() {
        log.stored(0, 0, 10);
        log.stored(0, 1, 11);
        log.stored(0, 2, 12);
        Stretches stretches = new Stretches(log);

        long exact = Stretches.digest(1, 11) + Stretches.digest(2, 12);
        assertThat(stretches.digest(0, 1, 3)).isEqualTo(exact);
        assertThat(Stretches.digest(1, 12) + Stretches.digest(2, 11)).isNotEqualTo(exact);
        assertThat(Stretches.digest(1, 11) + Stretches.digest(1, 11)).isNotEqualTo(exact);
    }
}
