// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.io.IOException;
import java.util.Locale;

/** Who is compared: how its server starts and how its subscribers call it. */
enum Contestant {
    /** The broker, a Subscribe call per subscriber. */
    MILLRACE {
        @Override
        FanOutServer start() throws IOException {
            return new MillraceServer();
        }

        @Override
        Subscriber subscriber(long from) {
            return new BatchSubscriber(from);
        }
    },
    /** A multicast sink. */
    BASELINE {
        @Override
        FanOutServer start() throws IOException {
            return new BaselineServer();
        }

        @Override
        Subscriber subscriber(long from) {
            return new EventSubscriber(from);
        }
    };

    abstract FanOutServer start() throws IOException;

    /** A subscriber whose first event will be the one at this offset. */
    abstract Subscriber subscriber(long from);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
