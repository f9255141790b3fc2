// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Events that follow from a seed, a producer and a sequence alone, so whoever reads one can tell whether it is whole.
 *
 * <p>The body is the number of the event (8 bytes), 8 to 64 bytes that follow from it, and a CRC32C of both. Immutable.
 */
public final class KnownEvents {
    /** Stands for an event whose bytes are not those of any known event. */
    public static final long CORRUPT = -1;

    private static final int MAX_PRODUCERS = 1 << 15;
    private static final int SEQUENCE_BITS = 48;
    private static final int NUMBER_BYTES = Long.BYTES;
    private static final int CRC_BYTES = Integer.BYTES;
    private static final int STEP_BYTES = 8;
    private static final int STEPS = 8;
    private static final int LEAST_BYTES = NUMBER_BYTES + STEP_BYTES + CRC_BYTES;

    private final long seed;
    private final Bytes[] keys;

    /**
     * @param seed what all bodies and keys follow from
     * @param keys how many different keys there are; producers share them
     */
    public KnownEvents(long seed, int keys) {
        this.seed = seed;
        this.keys = new Bytes[keys];
        Arrays.setAll(this.keys, key -> Bytes.utf8("key-" + key));
    }

    /** The number of an event: never negative, and different for each pair. */
    public static long number(int producer, long sequence) {
        if (producer < 0 || producer >= MAX_PRODUCERS || sequence < 0 || sequence >>> SEQUENCE_BITS != 0) {
            throw new IllegalArgumentException("no event " + sequence + " of producer " + producer);
        }
        return (long) producer << SEQUENCE_BITS | sequence;
    }

    /** The producer of an event. */
    public static int producer(long number) {
        return (int) (number >>> SEQUENCE_BITS);
    }

    /** Which event of its producer it is, from 0. */
    public static long sequence(long number) {
        return number & (1L << SEQUENCE_BITS) - 1;
    }

    /** For a person. */
    public static String describe(long number) {
        return number == CORRUPT ? "a corrupt event" : "event " + producer(number) + ":" + sequence(number);
    }

    /** How many keys there are. */
    public int keys() {
        return keys.length;
    }

    /** Which key an event has, from 0. */
    public int key(long number) {
        return new SplittableRandom(seed ^ number).nextInt(keys.length);
    }

    /** The event to publish. */
    public Event event(long number) {
        SplittableRandom random = new SplittableRandom(seed ^ number);
        Bytes key = keys[random.nextInt(keys.length)];
        return Event.builder().key(key).data(Bytes.wrap(body(number, random))).build();
    }

    /** The number of an event that was read, or {@link #CORRUPT} when its key and body are not exactly its own. */
    public long recognise(@Nullable Bytes key, @Nullable Bytes data) {
        if (key == null || data == null || data.length() < LEAST_BYTES || !isWhole(data.array())) {
            return CORRUPT;
        }
        long number = ByteBuffer.wrap(data.array()).getLong();
        SplittableRandom random = new SplittableRandom(seed ^ number);
        boolean same = number >= 0
                && keys[random.nextInt(keys.length)].equals(key)
                && Arrays.equals(body(number, random), data.array());
        return same ? number : CORRUPT;
    }

    /** As its key has been drawn. */
    private static byte[] body(long number, SplittableRandom random) {
        int steps = 1 + random.nextInt(STEPS);
        ByteBuffer body = ByteBuffer.allocate(NUMBER_BYTES + steps * STEP_BYTES + CRC_BYTES);
        body.putLong(number);
        for (int step = 0; step < steps; step++) {
            body.putLong(random.nextLong());
        }
        return body.putInt(crc(body.array())).array();
    }

    private static boolean isWhole(byte[] body) {
        return ByteBuffer.wrap(body).getInt(body.length - CRC_BYTES) == crc(body);
    }

    /** Of all but the last bytes, which hold it. */
    private static int crc(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body, 0, body.length - CRC_BYTES);
        return (int) crc.getValue();
    }
}
