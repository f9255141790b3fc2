// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.io.IOException;

/** The brokers of a {@link Cluster}: each a process of its own, stopped by SIGTERM. */
final class ServedBrokers implements RollingBrokers {
    private final Cluster cluster;

    private ServedBrokers(Cluster cluster) {
        this.cluster = cluster;
    }

    static ServedBrokers open(long seed) throws IOException {
        return new ServedBrokers(Cluster.open(seed));
    }

    @Override
    public String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    @Override
    public String endpoint(int broker) {
        return cluster.brokers().get(broker).link().endpoint();
    }

    @Override
    public void stop(int broker) {
        cluster.brokers().get(broker).terminate();
    }

    @Override
    public void start(int broker) {
        cluster.brokers().get(broker).start();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
