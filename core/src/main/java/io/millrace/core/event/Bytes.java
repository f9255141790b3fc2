// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable run of bytes that is equal to every run of the same bytes.
 *
 * <p>{@link #wrap} takes an array over without a copy: whoever wraps gives the array away and never writes to it again.
 * {@link #array} hands it out on the same terms, so a payload crosses the program without being copied.
 */
public final class Bytes {
    /** No bytes; not the same as no value. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** Takes the array over; the caller must not write to it afterwards. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array);
    }

    /** The same, for the many places where absent is {@code null}. */
    public static @Nullable Bytes wrapNullable(byte @Nullable [] array) {
        return array == null ? null : wrap(array);
    }

    /** The bytes of a text in UTF-8. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes themselves, not a copy: read only. */
    public byte[] array() {
        return array;
    }

    /** Number of bytes. */
    public int length() {
        return array.length;
    }

    /** The text that these bytes are in UTF-8; malformed input is replaced. */
    public String utf8() {
        return new String(array, StandardCharsets.UTF_8);
    }

    /** A read-only view. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Bytes that && Arrays.equals(array, that.array));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
