// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventSumTest {
    /** So that a record written by one version is right for every other. */
    @Test
    void theSumOfOneEventIsForEverTheSame() {
        Header header = EventSum.header("orders", bytes("42"), bytes("paid"));

        assertThat(header.key()).isEqualTo("millrace-crc32c");
        assertThat(new String(header.value(), StandardCharsets.US_ASCII)).isEqualTo("f8bd7a0e");
    }

    @Test
    void topicKeyAndValueWhereTheyEndAndWhetherTheyAreThereAllCount() {
        String[] topics = {"a", "ab", "b"};
        String[] parts = {null, "", "a", "b", "ab", "\0", "\0\0"};
        Map<Integer, String> seen = new HashMap<>();
        for (String topic : topics) {
            for (String key : parts) {
                for (String value : parts) {
                    int sum = EventSum.of(topic, bytes(key), bytes(value));
                    String other = seen.put(sum, topic + "/" + key + "/" + value);
                    assertThat(other)
                            .as("the sum of %s/%s/%s", topic, key, value)
                            .isNull();
                }
            }
        }
    }

    @Test
    void anyBitOfTheValueCounts() {
        byte[] value = new byte[300];
        int sum = EventSum.of("t", null, value);
        for (int bit = 0; bit < value.length * Byte.SIZE; bit++) {
            value[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(EventSum.of("t", null, value)).isNotEqualTo(sum);
            value[bit / Byte.SIZE] = 0;
        }
    }

    @Test
    void theHeaderSaysItsSumAndNoOther() {
        RecordHeaders headers = new RecordHeaders();
        assertThat(EventSum.in(headers)).isNull();
        headers.add(EventSum.header("t", null, null));
        Header found = EventSum.in(headers);

        assertThat(found).isNotNull();
        assertThat(EventSum.says(found, EventSum.of("t", null, null))).isTrue();
        assertThat(EventSum.says(found, EventSum.of("t", null, new byte[0]))).isFalse();
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.US_ASCII);
    }
}
