// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.Backoff;
import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.StoredLog;
import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Ends;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.FaultSettings;
import io.millrace.load.faults.Pace;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.Publisher;
import io.millrace.load.faults.RollingReader;
import io.millrace.load.faults.TruthReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Four publishers of a topic, half of them under a name, at a pace, and where it is wanted a reader that stays on one
 * subscription. One thread owns it; everything blocks.
 */
final class SteadyLoad implements AutoCloseable {
    private static final Duration CREATE_PATIENCE = Duration.ofSeconds(90);
    private static final Duration FINISH_PATIENCE = Duration.ofMinutes(4);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
    private static final int DEMAND_EVENTS = 1_024;

    private final String endpoints;
    private final String topic;
    private final FaultSettings settings;
    private final Failures violations;
    private final KnownEvents events;
    private final Pace pace;
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<RollingReader> readers = new ArrayList<>();

    private SteadyLoad(String endpoints, TopicSpec topic, FaultSettings settings, Failures violations) {
        this.endpoints = endpoints;
        this.topic = topic.name().value();
        this.settings = settings;
        this.violations = violations;
        this.events = new KnownEvents(settings.seed(), FaultSettings.KEYS);
        try (MillraceConnection connection = connection()) {
            connection
                    .topics()
                    .create(topic.withPartitions(FaultSettings.PARTITIONS))
                    .block(CREATE_PATIENCE);
        }
        this.pace = new Pace(settings);
    }

    /**
     * Makes the topic and begins.
     *
     * @param mostEvents about how many will be published
     * @param isRead whether there is a reader
     */
    static SteadyLoad start(
            String endpoints,
            TopicSpec topic,
            long seed,
            int mostEvents,
            int eventsPerSecond,
            boolean isRead,
            Failures violations) {
        FaultSettings settings = new FaultSettings(seed, mostEvents, 0, eventsPerSecond, true);
        SteadyLoad load = new SteadyLoad(endpoints, topic, settings, violations);
        Ends ends = new Ends();
        if (isRead) {
            load.readers.add(RollingReader.start(
                    "the reader",
                    load.connection(),
                    load.topic,
                    load.events,
                    DEMAND_EVENTS,
                    settings.mostOffsets(),
                    violations));
        }
        for (int i = 0; i < FaultSettings.PUBLISHERS; i++) {
            FaultSettings own = new FaultSettings(seed, mostEvents, 0, eventsPerSecond, i % 2 == 0);
            load.publishers.add(Publisher.start(i, own, load.events, load.pace, load.connection(), load.topic, ends));
        }
        return load;
    }

    /** Events that are known to be stored. */
    long acknowledged() {
        return publishers.stream().mapToLong(Publisher::acknowledged).sum();
    }

    /**
     * Waits until every publisher knows the fate of all that it has sent by now and has had an acknowledgement since, and
     * the reader has got some of what was acknowledged since; how many milliseconds that took. It is a violation when it
     * takes too long.
     */
    long awaitNews(String what, Duration patience) {
        long beganNanos = System.nanoTime();
        int[] sent = publishers.stream()
                .mapToInt(publisher -> publisher.journal().size())
                .toArray();
        int[] received = readers.stream().mapToInt(RollingReader::received).toArray();
        long[] acknowledgedWhenSettled =
                LongStream.generate(() -> Long.MAX_VALUE).limit(sent.length).toArray();
        boolean came = Patience.until(
                () -> {
                    boolean all = true;
                    for (int i = 0; i < sent.length; i++) {
                        Publisher publisher = publishers.get(i);
                        if (acknowledgedWhenSettled[i] == Long.MAX_VALUE && publisher.settled() >= sent[i]) {
                            acknowledgedWhenSettled[i] = publisher.acknowledged();
                        }
                        all &= publisher.acknowledged() > acknowledgedWhenSettled[i];
                    }
                    return all
                            && IntStream.range(0, received.length)
                                    .allMatch(i -> readers.get(i).received() > received[i]);
                },
                patience);
        if (!came) {
            violations.add("not everything went on within " + patience.toSeconds() + " s " + what + ": "
                    + describe(sent, received));
        }
        return Duration.ofNanos(System.nanoTime() - beganNanos).toMillis();
    }

    private String describe(int[] sent, int[] received) {
        StringJoiner words = new StringJoiner("; ");
        for (int i = 0; i < sent.length; i++) {
            words.add("publisher " + i + " had sent " + sent[i] + ", now "
                    + publishers.get(i).journal().size() + ", acknowledged "
                    + publishers.get(i).acknowledged() + ", settled "
                    + publishers.get(i).settled());
        }
        for (int i = 0; i < received.length; i++) {
            words.add(
                    "the reader had " + received[i] + ", now " + readers.get(i).received());
        }
        return words.toString();
    }

    /** Ends publishing, lets the reader come to the end, and holds everything against what the topic holds. */
    Verdict finish(String bootstrapServers) {
        pace.stop();
        if (!Patience.until(() -> publishers.stream().allMatch(Publisher::isDone), FINISH_PATIENCE)) {
            violations.add("publishers have not come to their end");
        }
        StoredLog log =
                TruthReader.read(bootstrapServers, topic, FaultSettings.PARTITIONS, events, settings.mostOffsets());
        long[] ends = LongStream.range(0, FaultSettings.PARTITIONS)
                .map(partition -> log.end((int) partition))
                .toArray();
        if (!Patience.until(() -> readers.stream().allMatch(reader -> reader.hasReached(ends)), FINISH_PATIENCE)) {
            violations.add("the reader has not come to the end");
        }
        readers.forEach(RollingReader::leave);
        readers.forEach(reader -> reader.journal().complete());
        return Checker.check(
                events,
                log,
                publishers.stream().map(Publisher::journal).toList(),
                readers.stream().map(RollingReader::journal).toList());
    }

    @Override
    public void close() {
        pace.stop();
        readers.forEach(RollingReader::leave);
        publishers.forEach(Publisher::close);
    }

    private MillraceConnection connection() {
        return MillraceConnection.builder(endpoints).backoff(BACKOFF).build();
    }
}
