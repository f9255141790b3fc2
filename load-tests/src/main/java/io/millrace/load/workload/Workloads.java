// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import java.util.List;

/** All workloads, in the order in which they run. */
public final class Workloads {
    /** All of them. */
    public static final List<Workload> ALL = List.of(
            new FanOut(),
            new Limit(),
            new Publishing(),
            new Identity(),
            new Latencies(),
            new Replaying(),
            new DurableFanOut(),
            new Mixed(),
            new ScaleSubscribers(),
            new ScaleTopics());

    private Workloads() {}

    /** What they are called. */
    public static List<String> names() {
        return ALL.stream().map(Workload::name).toList();
    }
}
