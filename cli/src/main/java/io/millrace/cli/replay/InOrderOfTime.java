// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.replay;

import io.millrace.cli.option.EndArgument;
import io.millrace.cli.option.StartArgument;
import io.millrace.cli.subscribe.Reading;
import io.millrace.client.MillraceException;
import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * History of all partitions of all topics as one stream, merged by time. Within a partition the order of the log is
 * kept, whatever the times say.
 */
final class InOrderOfTime {
    private static final int PREFETCH = 256;
    /** A stream per partition, and a server allows about a hundred on a connection. */
    private static final int MOST_STREAMS = 64;

    private InOrderOfTime() {}

    /** The events from start to end; of very many partitions they come as the server sends them. */
    static Flux<ReceivedEvent> events(Reading reading, StartArgument start, EndArgument end, String filter) {
        if (reading.isOfOnePartition()) {
            return reading.subscription(start, end).filter(filter).events();
        }
        return resolved(reading, start, end, filter).flatMapMany(places -> {
            int partitions = places.partitions().size();
            if (partitions == 0) {
                reading.sayThatNothingMatches();
                return Flux.empty();
            }
            if (partitions > MOST_STREAMS) {
                reading.say("of " + partitions + " partitions, more than " + MOST_STREAMS
                        + ", events come in the order of each; read fewer topics for the order of time");
                return reading.subscription(start, end).filter(filter).events();
            }
            return merged(reading, places, end, filter);
        });
    }

    /** The time that an event is placed by. */
    static Instant timeOf(ReceivedEvent event) {
        Instant time = event.event().time();
        return time == null ? event.recordTime() : time;
    }

    /** Opens the subscription as it was asked for, only to hear where each partition begins. */
    private static Mono<Cursor> resolved(Reading reading, StartArgument start, EndArgument end, String filter) {
        return Mono.create(sink -> sink.onDispose(reading.subscription(start, end)
                .filter(filter)
                .onSignal(signal -> {
                    if (signal instanceof Signal.Opened opened) {
                        sink.success(opened.start());
                    }
                })
                .events()
                .subscribe(event -> {}, sink::error, sink::success)));
    }

    private static Flux<ReceivedEvent> merged(Reading reading, Cursor places, EndArgument end, String filter) {
        List<? extends Publisher<ReceivedEvent>> streams = places.partitions().stream()
                .map(partition -> partition(reading, places, partition, end, filter))
                .toList();
        return Flux.mergeComparing(
                PREFETCH,
                Comparator.comparing(InOrderOfTime::timeOf),
                streams.<Publisher<ReceivedEvent>>toArray(Publisher[]::new));
    }

    /** A topic that only a pattern has brought in may be deleted meanwhile; then the others go on. */
    private static Flux<ReceivedEvent> partition(
            Reading reading, Cursor places, TopicPartition partition, EndArgument end, String filter) {
        long offset = places.nextOffset(partition).orElseThrow();
        Flux<ReceivedEvent> events =
                reading.subscription(partition, offset, end).filter(filter).events();
        return reading.names(partition.topic())
                ? events
                : events.onErrorResume(
                        cause -> cause instanceof MillraceException refused && refused.is(Reason.TOPIC_NOT_FOUND),
                        gone -> Flux.empty());
    }
}
