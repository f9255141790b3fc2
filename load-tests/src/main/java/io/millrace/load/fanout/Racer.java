// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.time.Duration;

/** One side of a race: a server, and subscribers that receive whatever it can send. */
interface Racer extends AutoCloseable {
    /**
     * Runs up to speed, measures, and comes to rest, so the machine is idle afterwards. Blocks.
     *
     * @param runUp time before the measurement
     * @param window time of the measurement
     */
    FanOutSample run(Duration runUp, Duration window);

    @Override
    void close();
}
