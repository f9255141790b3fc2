// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecordTimeTest {
    @Test
    void aTimeWithinAMillisecondIsRoundedUp() {
        assertThat(RecordTime.notBefore(Instant.ofEpochMilli(5))).isEqualTo(5);
        assertThat(RecordTime.notBefore(Instant.ofEpochMilli(5).plusNanos(1))).isEqualTo(6);
    }

    @Test
    void timesBeyondTheRangeAreItsEnds() {
        assertThat(RecordTime.notBefore(Instant.MIN)).isZero();
        assertThat(RecordTime.notBefore(Instant.EPOCH.minusNanos(1))).isZero();
        assertThat(RecordTime.notBefore(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
    }
}
