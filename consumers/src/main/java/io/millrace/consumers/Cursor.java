// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicPartition;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription goes on: one place for each partition it has read. Immutable; equal to every cursor of the same
 * places.
 *
 * <p>{@link #toString} prints it as one word of {@code [A-Za-z0-9_-]} that {@link #parse} takes back, so a program may
 * keep it in a file and resume after a restart without a gap or a repeat.
 */
public final class Cursor {
    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);
    private static final Cursor EMPTY = new Cursor(new Place[0]);

    /** In order of partition, each partition once. */
    private final Place[] places;

    private Cursor(Place[] places) {
        this.places = places;
    }

    /** A cursor without any place. */
    public static Cursor empty() {
        return EMPTY;
    }

    /** The cursor that was printed so. Throws a {@link MillraceException} with CURSOR_INVALID for any other text. */
    public static Cursor parse(String text) {
        try {
            return ofDistinct(
                    io.millrace.v1.Cursor.parseFrom(Base64.getUrlDecoder().decode(text.trim())));
        } catch (InvalidProtocolBufferException | IllegalArgumentException | RefusedException e) {
            throw MillraceException.of(Reason.CURSOR_INVALID, "the text is no cursor", e);
        }
    }

    /** Both: of a partition that both know, the place of {@code later} counts. */
    public Cursor merge(Cursor later) {
        return of(Stream.concat(Arrays.stream(places), Arrays.stream(later.places)));
    }

    /** The first offset of a partition that has not been read; absent where the cursor does not know the partition. */
    public OptionalLong nextOffset(TopicPartition partition) {
        int index = indexOf(partition);
        return index < 0 ? OptionalLong.empty() : OptionalLong.of(places[index].nextOffset());
    }

    /** The partitions that it knows, in order of topic and number. */
    public List<TopicPartition> partitions() {
        return Arrays.stream(places).map(Place::partition).toList();
    }

    /** True when it has no place. */
    public boolean isEmpty() {
        return places.length == 0;
    }

    /** For a person: {@code orders/0@17 orders/1@4}. */
    public String describe() {
        return Arrays.stream(places)
                .map(place -> place.partition() + "@" + place.nextOffset())
                .collect(Collectors.joining(" "));
    }

    /** Two places of one partition are never printed: one of them was another's. */
    private static Cursor ofDistinct(io.millrace.v1.Cursor message) {
        Cursor cursor = of(message);
        if (cursor.size() < message.getPlacesCount()) {
            throw new IllegalArgumentException("a partition has two places");
        }
        return cursor;
    }

    static Cursor of(io.millrace.v1.Cursor message) {
        return of(message.getPlacesList().stream().map(Place::of));
    }

    /** Of these places; of several of one partition the last counts. Costs no more than a sort, which order makes cheap. */
    static Cursor of(Stream<Place> places) {
        Place[] sorted = places.toArray(Place[]::new);
        Arrays.sort(sorted, Comparator.comparing(Place::partition, ORDER)); // keeps the order of equal ones
        int count = 0;
        for (Place place : sorted) {
            boolean again = count > 0 && sorted[count - 1].partition().equals(place.partition());
            sorted[again ? count - 1 : count++] = place;
        }
        return count == 0 ? EMPTY : new Cursor(count == sorted.length ? sorted : Arrays.copyOf(sorted, count));
    }

    io.millrace.v1.Cursor toMessage() {
        return io.millrace.v1.Cursor.newBuilder()
                .addAllPlaces(Arrays.stream(places).map(Place::toMessage).toList())
                .build();
    }

    /** How many places it has. */
    int size() {
        return places.length;
    }

    /** The same with these places for their partitions, one after another. */
    Cursor with(Place[] later) {
        Place[] copy = places.clone();
        for (Place place : later) {
            int index = indexOf(place.partition());
            if (index < 0) {
                return of(Stream.concat(Arrays.stream(places), Arrays.stream(later)));
            }
            copy[index] = place;
        }
        return new Cursor(copy);
    }

    /** The same with this place for its partition. */
    Cursor with(Place place) {
        int index = indexOf(place.partition());
        return new Cursor(index >= 0 ? replaced(index, place) : inserted(-index - 1, place));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cursor that && Arrays.equals(places, that.places);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(places);
    }

    @Override
    public String toString() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(toMessage().toByteArray());
    }

    private Place[] replaced(int index, Place place) {
        Place[] copy = places.clone();
        copy[index] = place;
        return copy;
    }

    private Place[] inserted(int index, Place place) {
        Place[] copy = Arrays.copyOf(places, places.length + 1);
        System.arraycopy(places, index, copy, index + 1, places.length - index);
        copy[index] = place;
        return copy;
    }

    /** As {@link Arrays#binarySearch}. */
    private int indexOf(TopicPartition partition) {
        int low = 0;
        int high = places.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = ORDER.compare(places[middle].partition(), partition);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -(low + 1);
    }
}
