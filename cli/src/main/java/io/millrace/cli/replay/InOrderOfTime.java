// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.replay;

import io.millrace.cli.option.EndArgument;
import io.millrace.cli.option.StartArgument;
import io.millrace.cli.subscribe.Reading;
import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.topic.TopicPartition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * History of all partitions as one stream, merged by time. Within a partition the order of the log is kept, whatever
 * the times say.
 */
final class InOrderOfTime {
    private static final int PREFETCH = 256;
    /** A stream per partition, and a server allows about a hundred on a connection. */
    private static final int MOST_STREAMS = 64;

    private InOrderOfTime() {}

    /** The events from start to end; of a topic with very many partitions they come as the server sends them. */
    static Flux<ReceivedEvent> events(Reading reading, StartArgument start, EndArgument end, String filter) {
        int partitions = reading.topic().partitions();
        if (partitions == 1 || partitions > MOST_STREAMS) {
            return reading.subscription(start, end).filter(filter).events();
        }
        return resolved(reading, start, end, filter).flatMapMany(places -> merged(reading, places, end, filter));
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
        List<? extends Publisher<ReceivedEvent>> streams = starts(reading, places).entrySet().stream()
                .map(place -> reading.subscription(
                                new StartArgument.AtOffsets(Map.of(place.getKey(), place.getValue())),
                                of(place.getKey(), end))
                        .filter(filter)
                        .events())
                .toList();
        return Flux.mergeComparing(
                PREFETCH,
                Comparator.comparing(InOrderOfTime::timeOf),
                streams.<Publisher<ReceivedEvent>>toArray(Publisher[]::new));
    }

    private static EndArgument of(int partition, EndArgument end) {
        return end instanceof EndArgument.AtOffsets at && at.offsets().containsKey(partition)
                ? new EndArgument.AtOffsets(Map.of(partition, at.offsets().get(partition)))
                : end;
    }

    private static Map<Integer, Long> starts(Reading reading, Cursor places) {
        Map<Integer, Long> starts = new TreeMap<>();
        for (TopicPartition partition : reading.topic().topicPartitions()) {
            OptionalLong next = places.nextOffset(partition);
            next.ifPresent(offset -> starts.put(partition.partition(), offset));
        }
        return starts;
    }
}
