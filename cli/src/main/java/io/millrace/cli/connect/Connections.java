// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.connect;

import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.client.ConnectionListener;
import io.millrace.client.MillraceConnection;
import java.time.Duration;

/** Opens connections as the options of a command say. */
public final class Connections {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    private Connections() {}

    /** A connection that is not connected yet. */
    public static MillraceConnection open(EndpointOptions options) {
        return open(options, ConnectionListener.NONE);
    }

    /** The same, with somebody who is told about retries. */
    public static MillraceConnection open(EndpointOptions options, ConnectionListener listener) {
        return builder(options)
                .callTimeout(options.timeout())
                .openTimeout(options.timeout())
                .connectTimeout(shortened(options.timeout()))
                .listener(listener)
                .build();
    }

    private static MillraceConnection.Builder builder(EndpointOptions options) {
        if (options.timeout().isZero()) {
            throw CommandFailure.usage("--timeout 0 leaves no time at all; write for example --timeout 10s");
        }
        try {
            return MillraceConnection.builder(options.endpoint());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    /** Less than the time for the whole call, so that an address without an answer is told from a slow server. */
    private static Duration shortened(Duration timeout) {
        Duration half = timeout.dividedBy(2).plusMillis(1);
        return half.compareTo(LONGEST_CONNECT) < 0 ? half : LONGEST_CONNECT;
    }
}
