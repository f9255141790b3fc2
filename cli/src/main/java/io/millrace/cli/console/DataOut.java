// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.console;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Standard output: data and nothing else, buffered until {@link #flush}.
 *
 * <p>Errors with {@link OutputClosedException} when nobody reads any more ({@code | head -1}), which is no failure, and
 * with {@link UncheckedIOException} when the bytes cannot be written. Used by one thread at a time.
 */
public final class DataOut implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final OutputStream stream;

    /** Data that goes to this stream. */
    public DataOut(OutputStream stream) {
        this.stream = new BufferedOutputStream(stream, BUFFER_BYTES);
    }

    /** Writes bytes as they are. */
    public DataOut write(byte[] bytes) {
        try {
            stream.write(bytes);
        } catch (IOException e) {
            throw failure(e);
        }
        return this;
    }

    /** Writes text in UTF-8. */
    public DataOut write(String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes text and ends the line. */
    public DataOut line(String text) {
        return write(text).write("\n");
    }

    /** The same as a stream, for libraries that write to one. */
    public OutputStream asStream() {
        return stream;
    }

    /** Hands everything to the reader. */
    public void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Flushes and closes the stream. */
    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static RuntimeException failure(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Broken pipe") || message.contains("Stream closed") || message.contains("Pipe closed")
                ? new OutputClosedException()
                : new UncheckedIOException("standard output: " + message, e);
    }
}
