// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.util.function.LongConsumer;

/** Has the server make its events itself, which costs it less than to receive them. */
final class CommandFeeder implements Feeder {
    private final LongConsumer server;
    private long fed;

    /**
     * @param server told the offset up to which it shall make events
     */
    CommandFeeder(LongConsumer server) {
        this.server = server;
    }

    @Override
    public void feedUntil(long offset) {
        server.accept(offset);
        fed = offset;
    }

    @Override
    public long fed() {
        return fed;
    }

    @Override
    public void close() {
        // the server ends by itself
    }
}
