// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import java.util.function.Function;

/** Who does the work. */
enum Side {
    /** Our SDK; its address is the broker's. */
    MILLRACE(MillraceClient::new),
    /** Kafka's own clients; their address is the node's. */
    KAFKA(KafkaClient::new);

    private final Function<String, Client> maker;

    Side(Function<String, Client> maker) {
        this.maker = maker;
    }

    Client connect(String address) {
        return maker.apply(address);
    }
}
