// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur2Test {
    /** The values are those of Kafka's client. */
    @ParameterizedTest
    @CsvSource({
        "'', 275646681",
        "a, -1563381124",
        "ab, 316155434",
        "abc, 479470107",
        "LAX, 1527128204",
        "flight-12345678901234567, 1798595582",
        "Zürich, -1551140815"
    })
    void hashesLikeKafka(String key, int hash) {
        assertThat(Murmur2.hash(key.getBytes(StandardCharsets.UTF_8))).isEqualTo(hash);
    }

    @Test
    void hashesBytesBeyondText() {
        assertThat(Murmur2.hash(new byte[] {(byte) 0xff, 0, (byte) 0x80, 127, 1, 2}))
                .isEqualTo(-1385515500);
    }
}
