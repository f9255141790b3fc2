// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.endpoint;

import io.grpc.ServerServiceDefinition;
import io.millrace.broker.delivery.HistoryReader;
import io.millrace.broker.delivery.Subscriptions;
import io.millrace.broker.ingest.Publishers;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.tail.Tails;
import io.millrace.core.log.EventLog;
import java.time.Clock;
import java.util.List;

/** The gRPC services of a broker. */
public final class Endpoints {
    private Endpoints() {}

    /** All of them. They never block, so they may run on the event loops. */
    public static List<ServerServiceDefinition> of(
            EventLog log,
            Tails tails,
            Publishers publishers,
            Subscriptions subscriptions,
            Overload overload,
            BrokerLimits limits,
            Clock clock) {
        return List.of(
                checked(new PublisherEndpoint(log, publishers, limits.publishPatience()).bindService(), limits),
                checked(
                        new SubscriberEndpoint(subscriptions, new HistoryReader(log, overload, limits, clock))
                                .service(),
                        limits),
                checked(new TopicEndpoint(log, tails, subscriptions, clock).bindService(), limits));
    }

    /** The same service; it refuses requests that are no messages of its methods as those of a broker do. */
    public static ServerServiceDefinition checked(ServerServiceDefinition service, BrokerLimits limits) {
        return CheckedRequests.of(service, limits.maxFrameBytes());
    }
}
