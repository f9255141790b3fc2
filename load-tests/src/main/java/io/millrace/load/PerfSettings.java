// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.durable.DurableSettings;
import io.millrace.load.fanout.FanOutSettings;

/**
 * How everything is measured.
 *
 * @param fanOut fan-out
 * @param durable publishing and replay
 */
record PerfSettings(FanOutSettings fanOut, DurableSettings durable) {
    static PerfSettings quick() {
        return new PerfSettings(FanOutSettings.quick(), DurableSettings.quick());
    }

    static PerfSettings full() {
        return new PerfSettings(FanOutSettings.full(), DurableSettings.full());
    }
}
