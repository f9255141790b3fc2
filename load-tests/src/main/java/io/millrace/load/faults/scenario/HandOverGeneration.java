// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.Backoff;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.StoredLog;
import io.millrace.load.check.Stretches;
import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Cluster;
import io.millrace.load.faults.Ends;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.FaultSettings;
import io.millrace.load.faults.Pace;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.Publisher;
import io.millrace.load.faults.TruthReader;
import io.millrace.load.seeded.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One topic that is published to, and subscriptions that come and go until enough of them have come from history into
 * the live stream. One thread owns it; everything blocks.
 */
final class HandOverGeneration implements AutoCloseable {
    private static final int EVENTS_PER_SECOND = 1_000;
    private static final int MOST_EVENTS = 400_000;
    private static final int AT_ONCE = 24;
    private static final int CONNECTIONS = 8;
    private static final int MOST_LAST_EVENTS = 3_000;
    private static final int LEAST_STAY_EVENTS = 10;
    private static final int STAY_SPREAD_EVENTS = 150;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(20), Duration.ofMillis(500));

    private final Cluster cluster;
    private final long seed;
    private final int wanted;
    private final Failures violations;
    private final String topic;
    private final KnownEvents events;
    private final FaultSettings publishing;
    private final Pace pace;
    private final Ends ends = new Ends();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<MillraceConnection> connections = new ArrayList<>();
    private final AtomicInteger handOvers = new AtomicInteger();
    /** Bounded by what is wanted and what is under way. */
    private final Queue<HandOver> ended = new ConcurrentLinkedQueue<>();

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Disposable joining;

    /**
     * @param wanted how many are to come over
     */
    HandOverGeneration(Cluster cluster, long seed, int number, int wanted, Failures violations) {
        this.cluster = cluster;
        this.seed = seed + number;
        this.wanted = wanted;
        this.violations = violations;
        this.topic = "hand-over-" + number;
        this.events = new KnownEvents(this.seed, FaultSettings.KEYS);
        this.publishing = new FaultSettings(this.seed, MOST_EVENTS, 0, EVENTS_PER_SECOND, true);
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(connection(i));
        }
        connections
                .get(0)
                .topics()
                .create(TopicSpec.of(new TopicName(topic)).withPartitions(FaultSettings.PARTITIONS))
                .block(PATIENCE);
        this.pace = new Pace(publishing);
        for (int i = 0; i < FaultSettings.PUBLISHERS; i++) {
            publishers.add(Publisher.start(i, publishing, events, pace, connection(i), topic, ends));
        }
        this.joining = Flux.range(0, Integer.MAX_VALUE)
                .takeWhile(next -> handOvers.get() < wanted && violations.count() == 0)
                .flatMap(this::join, AT_ONCE, 1)
                .subscribe(next -> {}, done::completeExceptionally, () -> done.complete(null));
    }

    /** Enough have come over, or something is wrong, and nobody is under way. */
    boolean isDone() {
        return done.isDone();
    }

    /** How many have come over. */
    int handOvers() {
        return handOvers.get();
    }

    /** How many subscriptions there were. */
    int subscriptions() {
        return ended.size();
    }

    /** Ends publishing, and holds everything against what is stored. */
    Verdict check() {
        pace.stop();
        if (!Patience.until(() -> publishers.stream().allMatch(Publisher::isDone), PATIENCE)) {
            violations.add(topic + ": publishers have not come to their end");
        }
        StoredLog log = TruthReader.read(
                cluster.bootstrapServers(), topic, FaultSettings.PARTITIONS, events, publishing.mostOffsets());
        Stretches stored = new Stretches(log);
        ended.forEach(handOver -> handOver.wrong(stored).forEach(violations::add));
        return Checker.check(
                events, log, publishers.stream().map(Publisher::journal).toList(), List.of());
    }

    @Override
    public void close() {
        joining.dispose();
        pace.stop();
        publishers.forEach(Publisher::close);
        connections.forEach(MillraceConnection::close);
    }

    private MillraceConnection connection(int first) {
        return MillraceConnection.builder(cluster.endpoints(first))
                .backoff(BACKOFF)
                .build();
    }

    private Mono<Boolean> join(int number) {
        SplittableRandom random = Seeds.random(seed, number);
        HandOver handOver = new HandOver(
                topic + " " + number, topic, events, LEAST_STAY_EVENTS + random.nextInt(STAY_SPREAD_EVENTS));
        SubscriptionBuilder builder =
                Consumer.on(connections.get(number % CONNECTIONS)).subscribe(topic);
        return begin(builder, random)
                .onSignal(handOver::heard)
                .events()
                .takeUntil(handOver::take)
                .then()
                .timeout(PATIENCE)
                .doOnError(failure -> violations.add(topic + " " + number + " failed: " + failure))
                .onErrorComplete()
                .thenReturn(true)
                .doOnNext(end -> {
                    handOvers.addAndGet(handOver.handOvers());
                    ended.add(handOver);
                });
    }

    private SubscriptionBuilder begin(SubscriptionBuilder builder, SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> builder.fromBeginning();
            case 1, 2 -> builder.last(1 + random.nextInt(MOST_LAST_EVENTS));
            default -> builder.fromOffsets(positions(ends.someOffsets(random, MOST_LAST_EVENTS)));
        };
    }

    private Map<TopicPartition, Long> positions(long[] offsets) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (int partition = 0; partition < offsets.length; partition++) {
            positions.put(new TopicPartition(new TopicName(topic), partition), offsets[partition]);
        }
        return positions;
    }
}
