// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import java.util.List;

/**
 * What one connection sends, from its first byte to its last; then it ends its half.
 *
 * @param kind what it does
 * @param chunks bytes, in the order in which they are written
 * @param pauseMillis pause between two chunks
 * @param reads false for a client that takes nothing off the wire before it has written everything
 */
public record RawScript(Kind kind, List<byte[]> chunks, int pauseMillis, boolean reads) {
    /** What a script does. */
    public enum Kind {
        /** Ends in the middle of a frame. */
        TRUNCATED_FRAME,
        /** A frame whose length is wrong for its type. */
        WRONG_LENGTH,
        /** Frames of types that there are none of, with any flags. */
        UNKNOWN_TYPE,
        /** Stream ids that are even, zero, too small or the largest. */
        WRONG_STREAM_ID,
        /** Headers that never end. */
        CONTINUATION_FLOOD,
        /** Streams that are opened and reset at once. */
        RAPID_RESET,
        /** Settings by the thousand. */
        SETTINGS_FLOOD,
        /** Pings by the thousand. */
        PING_FLOOD,
        /** Empty data frames by the thousand. */
        EMPTY_DATA_FLOOD,
        /** Priorities of streams that there are none of. */
        PRIORITY_FLOOD,
        /** Headers over the limit. */
        HUGE_HEADERS,
        /** A preface that is none. */
        WRONG_PREFACE,
        /** Header blocks of random bytes. */
        HPACK_GARBAGE,
        /** Window updates that add up to too much, or to nothing. */
        WINDOW_OVERFLOW,
        /** Data for a stream that has ended. */
        DATA_ON_CLOSED_STREAM,
        /** A right call, a byte at a time. */
        SLOW_BYTES,
        /** A right call whose message has a wrong prefix. */
        WRONG_MESSAGE_PREFIX,
        /** A call whose headers are not those of gRPC. */
        WRONG_CALL_HEADERS,
        /** Calls for which the client gives the server no room to answer. */
        NO_WINDOW,
        /** A right conversation that was damaged. */
        DAMAGED,
        /** Random bytes behind the preface. */
        NOISE
    }

    /** Copies the list. */
    public RawScript {
        chunks = List.copyOf(chunks);
    }

    /** Bytes that it sends in all. */
    public long lengthBytes() {
        return chunks.stream().mapToLong(chunk -> chunk.length).sum();
    }
}
