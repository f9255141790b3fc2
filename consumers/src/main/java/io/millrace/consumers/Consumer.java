// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicName;
import io.millrace.wire.TopicResource;
import java.util.Arrays;
import java.util.List;

/**
 * Reads topics: {@code Consumer.on(connection).subscribe("orders").fromBeginning().events()}.
 *
 * <p>It holds nothing but the connection, which it does not close. Thread-safe.
 */
public final class Consumer {
    private final MillraceConnection connection;

    private Consumer(MillraceConnection connection) {
        this.connection = connection;
    }

    /** A consumer on a connection. */
    public static Consumer on(MillraceConnection connection) {
        return new Consumer(connection);
    }

    /**
     * A subscription to one topic or several, from now on unless said otherwise. Throws
     * {@link io.millrace.core.refusal.RefusedException} for a name that can be none.
     */
    public SubscriptionBuilder subscribe(String... topics) {
        List<TopicName> names = Arrays.stream(topics).map(TopicResource::parse).toList();
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a subscription needs a topic");
        }
        return new SubscriptionBuilder(connection, names);
    }
}
