// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import io.millrace.client.MillraceException;
import io.millrace.consumers.Cursor;
import io.millrace.core.refusal.Reason;
import io.millrace.v1.Place;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** A text is a cursor or refused as none; a cursor reads as itself when it is printed. */
public final class CursorTarget {
    private CursorTarget() {}

    /** The input is the text, and what the text encodes. */
    public static void fuzzerTestOneInput(byte[] input) {
        check(new String(input, StandardCharsets.UTF_8));
        check(Base64.getUrlEncoder().withoutPadding().encodeToString(input));
    }

    static List<byte[]> seeds() {
        io.millrace.v1.Cursor cursor = io.millrace.v1.Cursor.newBuilder()
                .addPlaces(Place.newBuilder()
                        .setTopic("namespaces/default/topics/orders")
                        .setPartition(3)
                        .setNextOffset(4711))
                .addPlaces(Place.newBuilder()
                        .setTopic("namespaces/default/topics/payments")
                        .setNextOffset(1L << 40))
                .build();
        byte[] bytes = cursor.toByteArray();
        return Stream.concat(
                        Stream.of(bytes), FuzzTarget.utf8(Base64.getUrlEncoder().encodeToString(bytes)).stream())
                .toList();
    }

    private static void check(String text) {
        Cursor cursor;
        try {
            cursor = Cursor.parse(text);
        } catch (MillraceException refused) {
            if (!refused.is(Reason.CURSOR_INVALID)) {
                throw refused;
            }
            return;
        }
        if (!Cursor.parse(cursor.toString()).equals(cursor)) {
            throw new IllegalStateException("the cursor " + cursor + " is another when it is read again");
        }
    }
}
