// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.broker.frame.Frame;
import io.millrace.v1.SubscribeRequest;
import io.netty.util.concurrent.EventExecutor;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;

/**
 * The frames of a subscription: a cursor on a log, cut into batches when the transport asks for them.
 *
 * <p><b>Demand.</b> Fused (reactor-grpc), a frame is cut when the transport is ready; unfused, for each requested
 * element. Nothing is queued, so an operator that queues frames defeats the purpose.
 *
 * <p><b>Threads.</b> Signals come on one event loop: that of the thread which subscribes, if it is one.
 *
 * <p><b>End.</b> Completes when the end of the read is reached. Errors with
 * {@link io.millrace.core.refusal.RefusedException}; anything else is a fault. Subscribe once: the client's frames can
 * be read only once.
 */
final class CursorFlux extends Flux<Frame> implements Fuseable {
    private final Subscriptions broker;
    private final Flux<SubscribeRequest> requests;

    CursorFlux(Subscriptions broker, Flux<SubscribeRequest> requests) {
        this.broker = broker;
        this.requests = requests;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Frame> actual) {
        EventExecutor loop = broker.currentLoop();
        Subscription subscription = new Subscription(broker, loop, actual);
        broker.began(subscription);
        actual.onSubscribe(subscription);
        if (loop.inEventLoop()) {
            begin(subscription);
        } else {
            loop.execute(() -> begin(subscription));
        }
    }

    private void begin(Subscription subscription) {
        subscription.begin();
        requests.subscribe(subscription.requests());
    }
}
