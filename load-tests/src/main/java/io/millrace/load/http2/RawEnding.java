// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import java.util.List;

/**
 * How a script has ended.
 *
 * @param closed false when the server had not closed the connection in time
 * @param answers what it said of connection and calls, for example {@code GOAWAY 11}, {@code RST_STREAM 8} or
 *     {@code grpc-status 12}; each once, in order
 */
public record RawEnding(boolean closed, List<String> answers) {
    /** Copies the list. */
    public RawEnding {
        answers = List.copyOf(answers);
    }
}
