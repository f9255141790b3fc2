// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.io.IOException;
import java.util.Locale;

/** Who is compared: how its server starts and how its subscribers call it. */
enum Contestant {
    /** The broker, published to over a PublishStream, a Subscribe call per subscriber. */
    MILLRACE {
        @Override
        FanOutServer start() throws IOException {
            return new MillraceServer();
        }

        @Override
        Feeder feeder(FanOutServer server) {
            return new PublishFeeder(server.port(), MillraceServer.TOPIC.value());
        }

        @Override
        Subscriber subscriber(long from) {
            return new BatchSubscriber(from);
        }
    },
    /** A multicast sink that makes its events itself. */
    BASELINE {
        @Override
        FanOutServer start() throws IOException {
            return new BaselineServer();
        }

        @Override
        Feeder feeder(FanOutServer server) {
            return new CommandFeeder(server::makeUntil);
        }

        @Override
        Subscriber subscriber(long from) {
            return new EventSubscriber(from);
        }
    };

    abstract FanOutServer start() throws IOException;

    /** What its events come from: each publishes as is cheapest for its server. */
    abstract Feeder feeder(FanOutServer server);

    /** A subscriber whose first event will be the one at this offset. */
    abstract Subscriber subscriber(long from);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
