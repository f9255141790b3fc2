// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

/** Two brokers over one Kafka that can be stopped gracefully and started again. One thread owns them; everything blocks. */
public interface RollingBrokers extends AutoCloseable {
    /** How many there are. */
    int COUNT = 2;

    /** Kafka. */
    String bootstrapServers();

    /** The address of a broker, which stays the same over its restarts. */
    String endpoint(int broker);

    /** Stops a broker as SIGTERM does; returns when it has ended. */
    void stop(int broker);

    /** Starts it again; returns when it serves. */
    void start(int broker);

    @Override
    void close();
}
