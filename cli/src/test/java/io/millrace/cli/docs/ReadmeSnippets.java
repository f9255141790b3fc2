// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.core.event.Event;
import io.millrace.producers.Producer;
import reactor.core.publisher.Flux;

/** The Java of the README, word for word between the marks; {@link ReadmeSnippetsTest} compares and runs it. */
final class ReadmeSnippets {
    private ReadmeSnippets() {}

    static void publish(String server) {
        // README begin
        try (MillraceConnection connection = MillraceConnection.to(server);
                Producer producer = Producer.to(connection, "orders")) {
            Flux<Event> orders = Flux.range(1, 1000)
                    .map(n -> Event.builder()
                            .key("customer-" + n % 10)
                            .type("order.placed")
                            .data("order " + n)
                            .build());

            producer.publishAll(orders) // asks its source only for what the server has room for
                    .doOnNext(ack -> System.out.println(ack.partition() + " " + ack.offset()))
                    .blockLast();
        }
        // README end
    }

    static void subscribe(String server) {
        // README begin
        try (MillraceConnection connection = MillraceConnection.to(server)) {
            Consumer.on(connection)
                    .subscribe("orders") // or several, and patterns: "shop.*"
                    .fromBeginning() // or fromNow, fromTime, from(cursor), fromOffset, last(n)
                    .onSignal(signal -> System.out.println(signal)) // opened, caught up, fell behind, gaps
                    .events()
                    .limitRate(256) // what is requested here is what the server may send
                    .doOnNext(received -> System.out.println(received + " " + received.event()))
                    .take(1000)
                    .blockLast();
        }
        // README end
    }
}
