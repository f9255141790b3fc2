// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

/** A server that hands each event to every subscriber. Events have the offsets 0, 1, 2… */
interface FanOutServer extends AutoCloseable {
    /** The port that it serves. */
    int port();

    /** Subscribers it has now. */
    int subscribers();

    /**
     * Has the server itself make the events up to, not including, this offset; for servers that nobody publishes to. One
     * thread at a time; may block until the last one has been handed over.
     */
    void makeUntil(long offset);

    @Override
    void close();
}
