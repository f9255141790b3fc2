// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.ByteString;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.Gap;
import io.millrace.v1.GapReason;
import io.millrace.v1.Position;
import io.millrace.wire.TopicResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How far every partition of a subscription has come in: what a broken stream resumes from.
 *
 * <p>A control frame has the whole cursor of the stream, so a partition that it does not name is read no more: its topic
 * has left, and a later one of the same name begins anew. Not thread-safe.
 */
final class ReceivedPlaces {
    private final Map<Key, ReceivedPlace> places = new HashMap<>();

    /** A stream begins here. */
    void open(io.millrace.v1.Cursor start) {
        forgetAllBut(start);
        for (io.millrace.v1.Place message : start.getPlacesList()) {
            ReceivedPlace known = places.get(Key.of(message));
            if (known == null) {
                places.put(Key.of(message), new ReceivedPlace(Place.of(message)));
            } else {
                known.reopen(message.getNextOffset(), message.getToken());
            }
        }
    }

    /** Whether a start names every partition that has come in. */
    boolean areAllIn(io.millrace.v1.Cursor start) {
        Set<Key> named = keys(start);
        return named.containsAll(places.keySet());
    }

    /** The place that a batch moves on. */
    ReceivedPlace of(EncodedBatch batch) {
        return at(batch.topic(), batch.partition());
    }

    /** The server has passed these places, and reads no others. */
    void pass(io.millrace.v1.Cursor whole) {
        forgetAllBut(whole);
        for (io.millrace.v1.Place message : whole.getPlacesList()) {
            ReceivedPlace known = places.get(Key.of(message));
            if (known == null) {
                places.put(Key.of(message), new ReceivedPlace(Place.of(message)));
            } else {
                known.pass(message.getNextOffset(), message.getToken());
            }
        }
    }

    /** The server has named events that will not come. Returns where their partition goes on. */
    Place pass(Gap gap) {
        Position to = gap.getTo();
        ReceivedPlace place = at(to.getTopic(), to.getPartition());
        if (isOfAnotherLog(gap)) {
            place.restart(to.getOffset());
        } else {
            place.pass(to.getOffset());
        }
        return place.place();
    }

    /** The first offset in this gap that has not come; where the log itself was cut or made anew, its beginning. */
    long firstMissing(Gap gap) {
        ReceivedPlace known =
                places.get(new Key(gap.getTo().getTopic(), gap.getTo().getPartition()));
        long from = gap.getFrom().getOffset();
        return known == null || isOfAnotherLog(gap)
                ? from
                : Math.max(from, known.place().nextOffset());
    }

    /** Where a stream resumes. */
    Cursor cursor() {
        return Cursor.of(places.values().stream().map(ReceivedPlace::place));
    }

    private void forgetAllBut(io.millrace.v1.Cursor whole) {
        places.keySet().retainAll(keys(whole));
    }

    private static Set<Key> keys(io.millrace.v1.Cursor whole) {
        Set<Key> named = new HashSet<>();
        whole.getPlacesList().forEach(place -> named.add(Key.of(place)));
        return named;
    }

    private static boolean isOfAnotherLog(Gap gap) {
        return gap.getReason() == GapReason.GAP_REASON_TRUNCATION
                || gap.getReason() == GapReason.GAP_REASON_TOPIC_RECREATED;
    }

    /** A partition that no cursor has named begins at its beginning. */
    private ReceivedPlace at(String topic, int partition) {
        return places.computeIfAbsent(
                new Key(topic, partition),
                key -> new ReceivedPlace(
                        new Place(new TopicPartition(TopicResource.parse(topic), partition), 0, ByteString.EMPTY)));
    }

    private record Key(String topic, int partition) {
        static Key of(io.millrace.v1.Place place) {
            return new Key(place.getTopic(), place.getPartition());
        }
    }
}
