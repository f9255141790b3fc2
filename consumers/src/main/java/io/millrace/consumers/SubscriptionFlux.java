// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.client.MillraceConnection;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** A {@link Flux} of which every subscriber is a subscription of its own. */
final class SubscriptionFlux extends Flux<ReceivedEvent> {
    private final MillraceConnection connection;
    private final SubscriptionSpec spec;

    SubscriptionFlux(MillraceConnection connection, SubscriptionSpec spec) {
        this.connection = connection;
        this.spec = spec;
    }

    @Override
    public void subscribe(CoreSubscriber<? super ReceivedEvent> actual) {
        Delivery delivery = new Delivery(connection, spec, actual);
        actual.onSubscribe(delivery);
        delivery.start();
    }
}
