// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSessionsTest {
    @ParameterizedTest(name = "{0} MiB of heap: {1} sessions")
    @CsvSource({"32, 16", "160, 40", "1024, 256", "4096, 1024", "65536, 2048"})
    void thereIsRoomForASessionForEachFourMebibytesOfHeap(long heapMib, int sessions) {
        assertThat(KafkaSessions.mostSessions(heapMib << 20)).isEqualTo(sessions);
    }
}
