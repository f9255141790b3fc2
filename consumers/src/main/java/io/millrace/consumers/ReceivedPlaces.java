// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.ByteString;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.Cursor;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Gap;
import io.millrace.v1.GapReason;
import io.millrace.v1.Position;
import io.millrace.wire.TopicResource;
import java.util.LinkedHashMap;
import java.util.Map;

/** How far every partition of a subscription has come in: what a broken stream resumes from. Not thread-safe. */
final class ReceivedPlaces {
    private final Map<Key, ReceivedPlace> places = new LinkedHashMap<>();

    /** True before the first stream has opened. */
    boolean isEmpty() {
        return places.isEmpty();
    }

    /** A stream begins here. */
    void open(Cursor start) {
        for (io.millrace.v1.Place message : start.getPlacesList()) {
            Place place = Place.of(message);
            ReceivedPlace known = places.get(new Key(message.getTopic(), message.getPartition()));
            if (known == null) {
                places.put(new Key(message.getTopic(), message.getPartition()), new ReceivedPlace(place));
            } else {
                known.reopen(place);
            }
        }
    }

    /** As {@link ReceivedPlace#accept}. */
    int accept(EventBatch batch) {
        return at(batch.getTopic(), batch.getPartition()).accept(batch);
    }

    /** The server has passed these places. */
    void pass(Cursor cursor) {
        for (io.millrace.v1.Place place : cursor.getPlacesList()) {
            at(place.getTopic(), place.getPartition()).pass(place.getNextOffset());
        }
    }

    /** The server has named events that will not come. */
    void pass(Gap gap) {
        Position to = gap.getTo();
        ReceivedPlace place = at(to.getTopic(), to.getPartition());
        if (gap.getReason() == GapReason.GAP_REASON_TRUNCATION
                || gap.getReason() == GapReason.GAP_REASON_TOPIC_RECREATED) {
            place.restart(to.getOffset());
        } else {
            place.pass(to.getOffset());
        }
    }

    /** The place of one partition. */
    Place placeOf(Position position) {
        return at(position.getTopic(), position.getPartition()).place();
    }

    /** Where a stream resumes. */
    Cursor cursor() {
        return Cursor.newBuilder()
                .addAllPlaces(places.values().stream()
                        .map(place -> place.place().toMessage())
                        .toList())
                .build();
    }

    /** A partition that was not there when the stream opened begins at its beginning. */
    private ReceivedPlace at(String topic, int partition) {
        return places.computeIfAbsent(
                new Key(topic, partition),
                key -> new ReceivedPlace(
                        new Place(new TopicPartition(TopicResource.parse(topic), partition), 0, ByteString.EMPTY)));
    }

    private record Key(String topic, int partition) {}
}
