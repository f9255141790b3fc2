// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.grpc.Metadata;
import java.util.HexFormat;
import java.util.List;

/**
 * One structured input: a call from its first byte to its last.
 *
 * @param index which one it is, of those of a seed
 * @param rpc what is called
 * @param headers sent with it
 * @param messages the requests, in order
 * @param waitsForAnswer true when the second request waits until the first has an answer
 * @param ending what follows the last request
 * @param patienceMillis how long a call that may stay open is left so
 * @param ownConnection true when it might break the connection, which is then its own
 */
record BadCall(
        long index,
        Rpc rpc,
        Metadata headers,
        List<byte[]> messages,
        boolean waitsForAnswer,
        Ending ending,
        int patienceMillis,
        boolean ownConnection) {
    private static final int SHOWN_BYTES = 4_096;

    /** What a client does when it has sent its last request. */
    enum Ending {
        /** Says that it was the last. */
        HALF_CLOSE,
        /** Nothing. */
        NOTHING,
        /** Cancels at once. */
        CANCEL
    }

    BadCall {
        messages = List.copyOf(messages);
    }

    /** For a person who repeats it. */
    String shown() {
        StringBuilder shown = new StringBuilder(rpc.name())
                .append(' ')
                .append(ending)
                .append(waitsForAnswer ? " waiting for the first answer" : "")
                .append(" headers ")
                .append(headers.keys().size());
        for (byte[] message : messages) {
            int length = Math.min(message.length, SHOWN_BYTES);
            shown.append(System.lineSeparator())
                    .append(message.length)
                    .append(" bytes: ")
                    .append(HexFormat.of().formatHex(message, 0, length));
        }
        return shown.toString();
    }
}
