// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * One event per line, byte for byte without the line feed. A line is handed out when its line feed has been read, so a
 * line that is typed is an event at once; the last line may do without. A line over the limit is an error; what is held
 * never grows beyond it.
 */
final class LineReader implements InputReader {
    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int end;
    private long line;

    LineReader(InputStream in) {
        this.in = in;
    }

    @Override
    public @Nullable InputRecord next() throws IOException {
        ByteArrayOutputStream collected = null;
        long length = 0;
        while (true) {
            if (position == end && !fill()) {
                return collected == null ? null : record(collected.toByteArray(), length);
            }
            int lineFeed = indexOfLineFeed();
            int stop = lineFeed < 0 ? end : lineFeed;
            length += stop - position;
            if (collected == null && lineFeed >= 0) {
                byte[] data = java.util.Arrays.copyOfRange(buffer, position, stop);
                position = stop + 1;
                return record(data, length);
            }
            collected = collected == null ? new ByteArrayOutputStream(2 * (stop - position)) : collected;
            if (length <= Limits.MAX_EVENT_BYTES) {
                collected.write(buffer, position, stop - position);
            }
            position = lineFeed < 0 ? end : stop + 1;
            if (lineFeed >= 0) {
                return record(collected.toByteArray(), length);
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private InputRecord record(byte[] data, long length) throws BadInputException {
        line++;
        if (length > Limits.MAX_EVENT_BYTES) {
            throw Limits.tooLarge(line, length);
        }
        return new InputRecord(line, data, null);
    }

    private int indexOfLineFeed() {
        for (int i = position; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean fill() throws IOException {
        position = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
