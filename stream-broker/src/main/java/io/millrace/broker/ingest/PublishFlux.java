// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.PublishStreamResponse;
import io.netty.util.concurrent.EventExecutor;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;

/** The answers of one publishing stream. Subscribe once: the client's frames can be read only once. */
final class PublishFlux extends Flux<PublishStreamResponse> implements Fuseable {
    private final Publishers broker;
    private final Flux<PublishStreamRequest> requests;

    PublishFlux(Publishers broker, Flux<PublishStreamRequest> requests) {
        this.broker = broker;
        this.requests = requests;
    }

    @Override
    public void subscribe(CoreSubscriber<? super PublishStreamResponse> actual) {
        EventExecutor loop = broker.currentLoop();
        PublishStream stream = new PublishStream(broker, loop, actual);
        broker.began(stream);
        actual.onSubscribe(stream);
        if (loop.inEventLoop()) {
            begin(stream);
        } else {
            loop.execute(() -> begin(stream));
        }
    }

    private void begin(PublishStream stream) {
        stream.begin();
        requests.subscribe(stream.requests());
    }
}
