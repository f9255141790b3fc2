// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.v1.Cursor;
import io.millrace.v1.Place;
import java.util.Base64;
import java.util.SplittableRandom;

/**
 * What can happen to a cursor in somebody's hands. Only what the token covers: a client may advance an offset on its own
 * (decision 0004).
 */
enum CursorAlteration {
    BIT_OF_TOKEN,
    SHORT_TOKEN,
    NO_TOKEN,
    OTHER_PARTITION,
    OTHER_TOPIC,
    NEGATIVE_OFFSET,
    STRANGE_CHARACTER,
    BROKEN_MESSAGE;

    private static final int MOST_AHEAD_OFFSETS = 1_000_000;

    /** Any of them. */
    static CursorAlteration any(SplittableRandom random) {
        return values()[random.nextInt(values().length)];
    }

    /** The text of an event's cursor after this has happened to one of its places. */
    String apply(ReceivedEvent event, SplittableRandom random) {
        if (this == STRANGE_CHARACTER) {
            StringBuilder text = new StringBuilder(event.cursor().toString());
            return text.insert(random.nextInt(text.length()), '*').toString();
        }
        if (this == BROKEN_MESSAGE) {
            byte[] bytes = message(event).toByteArray();
            bytes[0] = (byte) 0xFF; // no field has this number
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        }
        return changed(event, random, place -> alter(place, random));
    }

    /** The text of an event's cursor with one of its places moved behind the end. */
    static String ahead(ReceivedEvent event, SplittableRandom random) {
        return changed(
                event,
                random,
                place -> place.setNextOffset(
                        place.getNextOffset() + MOST_AHEAD_OFFSETS + random.nextInt(MOST_AHEAD_OFFSETS)));
    }

    private interface Change {
        void accept(Place.Builder place);
    }

    private static String changed(ReceivedEvent event, SplittableRandom random, Change change) {
        Cursor.Builder cursor = message(event).toBuilder();
        change.accept(cursor.getPlacesBuilder(random.nextInt(cursor.getPlacesCount())));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(cursor.build().toByteArray());
    }

    private static Cursor message(ReceivedEvent event) {
        try {
            return Cursor.parseFrom(Base64.getUrlDecoder().decode(event.cursor().toString()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the SDK's own cursor is no message", e);
        }
    }

    private void alter(Place.Builder place, SplittableRandom random) {
        ByteString token = place.getToken();
        switch (this) {
            case BIT_OF_TOKEN -> place.setToken(flipped(token, random.nextInt(token.size() * Byte.SIZE)));
            case SHORT_TOKEN -> place.setToken(token.substring(0, 1 + random.nextInt(token.size() - 1)));
            case NO_TOKEN -> place.clearToken();
            case OTHER_PARTITION -> place.setPartition(place.getPartition() + 1 + random.nextInt(100));
            case OTHER_TOPIC -> place.setTopic(place.getTopic() + random.nextInt(100));
            case NEGATIVE_OFFSET -> place.setNextOffset(-1 - random.nextInt(100));
            case STRANGE_CHARACTER, BROKEN_MESSAGE -> throw new IllegalStateException(this + " is of the text");
        }
    }

    private static ByteString flipped(ByteString token, int bit) {
        byte[] bytes = token.toByteArray();
        bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        return ByteString.copyFrom(bytes);
    }
}
