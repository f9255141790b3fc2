// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.durable.DurableSettings;
import io.millrace.load.fanout.FanOutSettings;

/**
 * How everything is measured.
 *
 * @param fanOut fan-out
 * @param durable publishing and replay
 * @param fanOutCpuRatio how many times as much server CPU per delivery the baseline of fan-out has to need
 * @param publishRatio what publishing has to reach of Kafka's own producer
 * @param replayRatio what replay has to reach of Kafka's own consumer
 */
record PerfSettings(
        FanOutSettings fanOut,
        DurableSettings durable,
        double fanOutCpuRatio,
        double publishRatio,
        double replayRatio) {
    /**
     * A few minutes, judged by floors: in short runs on two cores the servers and their clients compete, and a busy
     * machine halves the durable ratios.
     */
    static PerfSettings quick() {
        return new PerfSettings(FanOutSettings.quick(), DurableSettings.quick(), 15, 0.25, 0.2);
    }

    /** Longer windows and more pairs; judged by the targets. */
    static PerfSettings full() {
        return new PerfSettings(FanOutSettings.full(), DurableSettings.full(), 25, 0.5, 0.5);
    }
}
