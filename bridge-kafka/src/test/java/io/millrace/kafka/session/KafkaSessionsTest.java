// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSessionsTest {
    @ParameterizedTest(name = "{0} MiB of heap: {1} sessions")
    @CsvSource({"64, 16", "160, 20", "1024, 128", "4096, 512", "65536, 2048"})
    void thereIsRoomForASessionForEachEightMebibytesOfHeap(long heapMib, int sessions) {
        assertThat(KafkaSessions.mostSessions(heapMib << 20)).isEqualTo(sessions);
    }
}
