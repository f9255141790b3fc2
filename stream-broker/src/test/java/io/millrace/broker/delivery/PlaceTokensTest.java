// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceTokensTest {
    private static final TopicInfo TOPIC = new TopicInfo(new TopicName("orders"), "uid", 2, 1, Map.of());

    @Test
    void aPlaceIsTakenAsItWasGivenOut() {
        assertThat(PlaceTokens.topicOf(place(1, 7))).isEqualTo(TOPIC.name());
    }

    /** The checksum protects against mistakes and not against forgery, so what it covers may be anything. */
    @Test
    void aPlaceThatNoPartitionOrOffsetCanHaveIsRefusedWhateverItsChecksumSays() {
        expectRefusal(place(-1, 7));
        expectRefusal(place(Integer.MIN_VALUE, 7));
        expectRefusal(place(1, -1));
    }

    private static void expectRefusal(Place place) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> PlaceTokens.topicOf(place))
                .satisfies(refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.CURSOR_INVALID));
    }

    private static Place place(int partition, long nextOffset) {
        return Place.newBuilder()
                .setTopic(TOPIC.name().value())
                .setPartition(partition)
                .setNextOffset(nextOffset)
                .setToken(PlaceTokens.of(TOPIC, partition))
                .build();
    }
}
