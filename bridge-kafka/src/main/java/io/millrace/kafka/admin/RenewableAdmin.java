// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** Kafka's admin client, which can be made anew; whoever uses it takes the present one for each question. */
public final class RenewableAdmin implements Supplier<Admin>, AutoCloseable {
    private final Map<String, Object> properties;
    private volatile Admin present;
    private boolean closed;

    /**
     * Opens a client.
     *
     * @throws org.apache.kafka.common.KafkaException when none can be made of the properties
     */
    public RenewableAdmin(Map<String, Object> properties) {
        this.properties = properties;
        this.present = Admin.create(properties);
    }

    @Override
    public Admin get() {
        return present;
    }

    /** Takes another client, and closes the one before when it has answered, or after a while. */
    public synchronized void renew(Duration patience) {
        if (!closed) {
            Admin before = present;
            present = Admin.create(properties);
            before.close(patience);
        }
    }

    /** Questions without an answer fail. */
    @Override
    public synchronized void close() {
        closed = true;
        present.close(Duration.ZERO);
    }
}
