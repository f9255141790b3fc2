// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import io.millrace.load.badinput.FuzzedCalls;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Whatever bytes are sent to a method, it ends with a status of the catalogue, and nothing is thrown that nobody catches. */
public final class RequestTarget {
    private static final FuzzedCalls CALLS = start();

    private RequestTarget() {}

    /** The input is a method's number and the bytes of its requests. */
    public static void fuzzerTestOneInput(byte[] input) throws InterruptedException {
        CALLS.call(input);
    }

    private static FuzzedCalls start() {
        try {
            return FuzzedCalls.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
