// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.MillraceConnection;
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
     * A subscription to topics, from now on unless said otherwise. Each is a name or a pattern over the levels of names,
     * which stand between dots: {@code orders.*} is every {@code orders.eu}, {@code orders.>} every {@code orders.eu.west}
     * too.
     *
     * <p>A topic that is named has to be there. Those that come to match a pattern join while the subscription runs, from
     * their beginning, and those that are deleted leave it; a {@link Signal.Heartbeat} tells of both.
     *
     * <p>Throws {@link io.millrace.core.refusal.RefusedException} for what can be neither name nor pattern.
     */
    public SubscriptionBuilder subscribe(String... topics) {
        List<String> resources =
                Arrays.stream(topics).map(Consumer::resource).distinct().toList();
        if (resources.isEmpty()) {
            throw new IllegalArgumentException("a subscription needs a topic");
        }
        return new SubscriptionBuilder(connection, resources);
    }

    private static String resource(String topic) {
        return TopicResource.isPattern(topic)
                ? TopicResource.format(TopicResource.parsePattern(topic))
                : TopicResource.format(TopicResource.parse(topic));
    }
}
