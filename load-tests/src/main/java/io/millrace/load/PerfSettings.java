// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.fanout.FanOutSettings;

/**
 * How everything is measured.
 *
 * @param fanOut fan-out
 */
record PerfSettings(FanOutSettings fanOut) {
    static PerfSettings quick() {
        return new PerfSettings(FanOutSettings.quick());
    }

    static PerfSettings full() {
        return new PerfSettings(FanOutSettings.full());
    }
}
