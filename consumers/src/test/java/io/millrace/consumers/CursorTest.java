// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    private static final TopicName ORDERS = new TopicName("orders");

    @Test
    void isPrintedAsOneWordAndReadBack() {
        Cursor cursor = IntStream.range(0, 50)
                .mapToObj(p -> Cursor.empty().with(place(p * 7 % 50, p)))
                .reduce(Cursor.empty(), Cursor::merge);
        assertThat(cursor.toString()).matches("[A-Za-z0-9_-]+");
        assertThat(Cursor.parse(" " + cursor + "\n")).isEqualTo(cursor).hasSameHashCodeAs(cursor);
        assertThat(Cursor.parse(Cursor.empty().toString())).isEqualTo(Cursor.empty());
    }

    @Test
    void ofAPartitionThatBothKnowTheLaterPlaceCounts() {
        Cursor merged = Cursor.empty()
                .with(place(0, 5))
                .with(place(1, 5))
                .merge(Cursor.empty().with(place(1, 3)).with(place(2, 9)));
        assertThat(merged.describe()).isEqualTo("orders/0@5 orders/1@3 orders/2@9");
        assertThat(merged.nextOffset(new TopicPartition(ORDERS, 2))).hasValue(9);
        assertThat(merged.nextOffset(new TopicPartition(ORDERS, 3))).isEmpty();
    }

    @Test
    void ofManyPlacesInAnyOrderTheLastOfAPartitionCounts() {
        SplittableRandom random = new SplittableRandom(7);
        Cursor expected = Cursor.empty();
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            Place place = place(random.nextInt(2_000), i);
            places.add(place);
            expected = expected.with(place);
        }
        assertThat(Cursor.of(places.stream())).isEqualTo(expected);
        assertThat(Cursor.of(Stream.of())).isEqualTo(Cursor.empty());
    }

    @Test
    void aTextWithTwoPlacesOfOnePartitionIsNotAsItWasPrinted() {
        io.millrace.v1.Cursor altered = io.millrace.v1.Cursor.newBuilder()
                .addPlaces(place(1, 5).toMessage())
                .addPlaces(place(1, 9).toMessage())
                .build();
        String text = Base64.getUrlEncoder().encodeToString(altered.toByteArray());
        MillraceException error = catchThrowableOfType(MillraceException.class, () -> Cursor.parse(text));
        assertThat(error.is(Reason.CURSOR_INVALID)).isTrue();
    }

    @Test
    void theOrderOfPlacesDoesNotMatter() {
        Cursor one = Cursor.empty().with(place(0, 1)).with(place(1, 2));
        Cursor other = Cursor.empty().with(place(1, 2)).with(place(0, 1));
        assertThat(one).isEqualTo(other).hasToString(other.toString());
        assertThat(one).isNotEqualTo(one.with(place(0, 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not a cursor!", "AAAA", "CgoKCG9yZGVycw!", "ZGllIFdlbHQ"})
    void anyOtherTextIsRefused(String text) {
        MillraceException error = catchThrowableOfType(MillraceException.class, () -> Cursor.parse(text));
        assertThat(error.reason()).contains(Reason.CURSOR_INVALID);
    }

    private static Place place(int partition, long nextOffset) {
        return new Place(new TopicPartition(ORDERS, partition), nextOffset, ByteString.copyFromUtf8("t"));
    }
}
