// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The whole input as one event, whatever it is. */
final class RawReader implements InputReader {
    private final InputStream in;
    private boolean read;

    RawReader(InputStream in) {
        this.in = in;
    }

    @Override
    public @Nullable InputRecord next() throws IOException {
        if (read) {
            return null;
        }
        read = true;
        byte[] data = in.readNBytes(Limits.MAX_EVENT_BYTES);
        long rest = in.transferTo(java.io.OutputStream.nullOutputStream());
        if (rest > 0) {
            throw Limits.tooLarge(1, data.length + rest);
        }
        return new InputRecord(1, data, null);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
