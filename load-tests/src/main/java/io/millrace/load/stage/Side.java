// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import java.util.function.Function;

/** Who does the work. */
public enum Side {
    /** Our SDK; its address is the broker's. */
    MILLRACE(MillraceClient::new),
    /** Kafka's own clients; their address is the node's. */
    KAFKA(KafkaClient::new);

    private final Function<String, Client> maker;

    Side(Function<String, Client> maker) {
        this.maker = maker;
    }

    /** Kafka for Millrace, and Millrace for Kafka. */
    public Side other() {
        return this == MILLRACE ? KAFKA : MILLRACE;
    }

    Client connect(String address) {
        return maker.apply(address);
    }
}
