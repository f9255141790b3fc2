// SPDX-License-Identifier: Apache-2.0
package io.millrace.wire;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the array that a byte string stands in. A parsed field fills one of its own, which nobody writes to any more; it
 * can be read as it is, where {@link ByteString#toByteArray} would copy it.
 */
final class WholeArray extends ByteOutput {
    private byte @Nullable [] found;

    private WholeArray() {}

    /** The bytes, read only: the array itself where the string fills it, else a copy. */
    static byte[] of(ByteString bytes) {
        WholeArray output = new WholeArray();
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // this output has none
        }
        byte[] array = output.found;
        return array != null && array.length == bytes.size() ? array : bytes.toByteArray();
    }

    /** Called once by a string in one array, with that array; by one in pieces, with each of them. */
    @Override
    public void writeLazy(byte[] value, int offset, int length) {
        found = offset == 0 && length == value.length ? value : null;
    }

    @Override
    public void write(byte value) {}

    @Override
    public void write(byte[] value, int offset, int length) {}

    @Override
    public void write(ByteBuffer value) {}

    @Override
    public void writeLazy(ByteBuffer value) {}
}
