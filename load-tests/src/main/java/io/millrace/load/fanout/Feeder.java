// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

/** Publishes the events 0, 1, 2… to a server. One thread at a time. */
interface Feeder extends AutoCloseable {
    /**
     * Publishes the events up to, not including, this offset that have not been published yet, in order; may block until
     * the last one has been handed over.
     */
    void feedUntil(long offset);

    /** The offset up to which it has been told to publish. */
    long fed();

    @Override
    void close();
}
