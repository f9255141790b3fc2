// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import java.time.Duration;

/**
 * Told when a stream opens, breaks and is tried again.
 *
 * <p>Calls come at the moment it happens, on a network or timer thread: an implementation must neither block nor throw.
 * The same is logged.
 */
public interface ConnectionListener {
    /** Hears nothing. */
    ConnectionListener NONE = new ConnectionListener() {};

    /** A stream is open: the server has answered its open frame. */
    default void onOpened(String stream, Endpoint endpoint) {}

    /** A stream broke, or could not be opened, and will be tried again. */
    default void onRetry(Retry retry) {}

    /**
     * A try that will follow.
     *
     * @param stream which one, for a person, for example {@code subscription to orders}
     * @param endpoint where the last one went
     * @param cause why it ended
     * @param failures how many have failed in a row
     * @param delay how long until the next
     */
    record Retry(String stream, Endpoint endpoint, MillraceException cause, int failures, Duration delay) {}
}
