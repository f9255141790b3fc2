// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.MillraceException;
import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.load.faults.Failures;
import io.millrace.load.seeded.Seeds;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Offers cursors that are not to be taken, and counts those that are refused as they should be. All methods block. */
final class BadCursors {
    private static final int AT_ONCE = 16;
    private static final int EVENTS = 200;
    private static final String FOUR = "cursors-four";
    private static final String ONE = "cursors-one";
    private static final String AGAIN = "cursors-again";
    private static final String SHORT = "cursors-short";

    private final long seed;
    private final String kafka;
    private final CursorStreams streams;
    private final Failures violations;

    /**
     * @param kafka whose retention is made to remove something
     */
    BadCursors(long seed, String kafka, CursorStreams streams, Failures violations) {
        this.seed = seed;
        this.kafka = kafka;
        this.streams = streams;
        this.violations = violations;
    }

    /** So many of each kind; how many of each were refused with the right reason. */
    Map<BadCursor, Long> offerEach(int times) {
        Map<BadCursor, Long> refused = new EnumMap<>(BadCursor.class);
        List<ReceivedEvent> four = record(FOUR);
        refused.put(BadCursor.ALTERED, offer(BadCursor.ALTERED, times, FOUR, random -> {
            return CursorAlteration.any(random).apply(any(four, random), random);
        }));
        refused.put(BadCursor.FOREIGN, offer(BadCursor.FOREIGN, times, ONE, random -> text(any(four, random))));
        refused.put(BadCursor.FUTURE, offer(BadCursor.FUTURE, times, FOUR, random -> {
            return CursorAlteration.ahead(any(four, random), random);
        }));
        List<ReceivedEvent> earlier = fill(AGAIN);
        streams.delete(AGAIN);
        fill(AGAIN);
        refused.put(
                BadCursor.RECREATED, offer(BadCursor.RECREATED, times, AGAIN, random -> text(any(earlier, random))));
        List<ReceivedEvent> expired = fill(SHORT);
        ReceivedEvent kept = expired.get(EVENTS - 1);
        removeBefore(kept.offset());
        List<ReceivedEvent> gone = expired.stream()
                .filter(event -> event.offset() + 1 < kept.offset())
                .toList();
        refused.put(BadCursor.EXPIRED, offer(BadCursor.EXPIRED, times, SHORT, random -> text(any(gone, random))));
        return refused;
    }

    private List<ReceivedEvent> record(String topic) {
        List<String> topics = List.of(topic);
        return RecordedPass.record(topics, streams.subscribe(0, topics)).events();
    }

    private List<ReceivedEvent> fill(String topic) {
        streams.create(topic, 1);
        streams.publishTo(topic, EVENTS);
        return record(topic);
    }

    /** As retention does: the log begins at this offset from now on. */
    private void removeBefore(long offset) {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka))) {
            admin.deleteRecords(Map.of(new TopicPartition(SHORT, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("could not remove events", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private long offer(BadCursor kind, int times, String topic, Function<SplittableRandom, String> text) {
        Long refused = Flux.range(0, times)
                .flatMap(number -> offer(kind, topic, text, Seeds.random(seed + kind.ordinal(), number)), AT_ONCE)
                .filter(isRefused -> isRefused)
                .count()
                .block();
        return refused == null ? 0 : refused;
    }

    private Mono<Boolean> offer(
            BadCursor kind, String topic, Function<SplittableRandom, String> text, SplittableRandom random) {
        String word = text.apply(random);
        return Mono.fromSupplier(() -> Cursor.parse(word))
                .flatMap(cursor -> streams.subscribe(random, List.of(topic))
                        .from(cursor)
                        .untilLiveEnd()
                        .events()
                        .count())
                .timeout(CursorStreams.PATIENCE)
                .map(events -> {
                    violations.add(kind.label() + " cursor " + word + " was taken, and " + events + " events came");
                    return false;
                })
                .onErrorResume(failure -> Mono.just(isAsItShouldBe(kind, word, failure)));
    }

    private boolean isAsItShouldBe(BadCursor kind, String word, Throwable failure) {
        if (failure instanceof MillraceException refused && refused.is(kind.reason())) {
            return true;
        }
        violations.add(kind.label() + " cursor " + word + " was refused with " + failure);
        return false;
    }

    private static ReceivedEvent any(List<ReceivedEvent> events, SplittableRandom random) {
        return events.get(random.nextInt(events.size()));
    }

    private static String text(ReceivedEvent event) {
        return event.cursor().toString();
    }
}
