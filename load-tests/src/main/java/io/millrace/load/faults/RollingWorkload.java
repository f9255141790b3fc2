// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.StoredLog;
import io.millrace.load.check.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/**
 * Publishers, every second one under a name, and readers who request more and less at a time; each has a connection of
 * its own to both brokers and the defaults of the SDK. One thread owns it; everything blocks.
 */
final class RollingWorkload implements AutoCloseable {
    private static final String TOPIC = "rolling";
    private static final Duration CREATE_PATIENCE = Duration.ofSeconds(60);
    private static final int[] DEMANDS = {4_096, 256, 16};

    private final RollingSettings settings;
    private final RollingBrokers brokers;
    private final KnownEvents events;
    private final Failures failures = new Failures();
    private final Pace pace;
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<RollingReader> readers = new ArrayList<>();

    private RollingWorkload(RollingSettings settings, RollingBrokers brokers) {
        this.settings = settings;
        this.brokers = brokers;
        this.events = new KnownEvents(settings.seed(), FaultSettings.KEYS);
        try (MillraceConnection connection = connection(0)) {
            connection
                    .topics()
                    .create(TopicSpec.of(new TopicName(TOPIC)).withPartitions(FaultSettings.PARTITIONS))
                    .block(CREATE_PATIENCE);
        }
        this.pace = new Pace(settings.publishing(false));
    }

    static RollingWorkload start(RollingSettings settings, RollingBrokers brokers) {
        RollingWorkload workload = new RollingWorkload(settings, brokers);
        workload.start();
        return workload;
    }

    private void start() {
        Ends ends = new Ends();
        for (int i = 0; i < DEMANDS.length; i++) {
            readers.add(RollingReader.start(
                    "reader " + i, connection(i), TOPIC, events, DEMANDS[i], 2 * settings.mostEvents(), failures));
        }
        for (int i = 0; i < FaultSettings.PUBLISHERS; i++) {
            // numbers 0 and 1 begin at different brokers, and so do 2 and 3
            publishers.add(Publisher.start(
                    i,
                    settings.publishing(i < FaultSettings.PUBLISHERS / 2),
                    events,
                    pace,
                    connection(i),
                    TOPIC,
                    ends));
        }
    }

    private MillraceConnection connection(int first) {
        return MillraceConnection.to(brokers.endpoint(first % RollingBrokers.COUNT) + ","
                + brokers.endpoint((first + 1) % RollingBrokers.COUNT));
    }

    /** Acknowledged events of each publisher, then received ones of each reader. */
    long[] progress() {
        return LongStream.concat(
                        publishers.stream().mapToLong(Publisher::acknowledged),
                        readers.stream().mapToLong(RollingReader::received))
                .toArray();
    }

    Failures failures() {
        return failures;
    }

    /** Lets publishers come to their end; false when they do not. */
    boolean finishPublishing(Duration patience) {
        pace.stop();
        try {
            return Patience.until(() -> publishers.stream().allMatch(Publisher::isDone), patience);
        } catch (RuntimeException e) {
            failures.add("a publisher was ended: " + e);
            return false;
        }
    }

    /**
     * What became of everything, once publishing is finished: reads the topic itself, lets the readers come to its end,
     * who leave then.
     */
    Verdict check(Duration patience) {
        StoredLog log = TruthReader.read(brokers.bootstrapServers(), TOPIC, events, 2 * settings.mostEvents());
        long[] ends = LongStream.range(0, FaultSettings.PARTITIONS)
                .map(partition -> log.end((int) partition))
                .toArray();
        Patience.until(() -> readers.stream().allMatch(reader -> reader.hasReached(ends)), patience);
        readers.stream()
                .filter(reader -> !reader.hasReached(ends))
                .forEach(reader -> failures.add(reader.journal().name() + " has not come to the end"));
        readers.forEach(RollingReader::leave);
        readers.forEach(reader -> reader.journal().complete());
        Verdict verdict = Checker.check(
                events,
                log,
                publishers.stream().map(Publisher::journal).toList(),
                readers.stream().map(RollingReader::journal).toList());
        long sent = publishers.stream()
                .mapToLong(publisher -> publisher.journal().size())
                .sum();
        for (long failed = verdict.acked(); failed < sent; failed++) {
            failures.add("an event was not acknowledged");
        }
        return verdict;
    }

    /** Sums over the readers. */
    int sum(ToIntFunction<RollingReader> figure) {
        return readers.stream().mapToInt(figure).sum();
    }

    /** Longest time that a reader was without an event. */
    Duration longestPause() {
        return readers.stream()
                .map(RollingReader::longestPause)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        pace.stop();
        readers.forEach(RollingReader::leave);
        publishers.forEach(Publisher::close);
    }
}
