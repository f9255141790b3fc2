// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.client.Backoff;
import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.PublisherJournal;
import io.millrace.load.check.ReaderJournal;
import io.millrace.load.check.StoredLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.LongStream;

/**
 * Publishers and readers of one topic, each with a connection of its own to both brokers. One thread owns it; everything
 * blocks.
 */
final class Workload implements AutoCloseable {
    private static final String TOPIC = "faults";
    private static final Duration CREATE_PATIENCE = Duration.ofSeconds(60);
    /** So that what recovers is not kept waiting longer than a person would wait. */
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));

    private static final int MOST_BEHIND_OFFSETS = 30_000;

    private static final int SURGE_OF_EACH = 2_500;
    private static final long ENOUGH_UNSETTLED = 2_000;
    private static final Duration SURGE_PATIENCE = Duration.ofSeconds(1);

    private final FaultSettings settings;
    private final Cluster cluster;
    private final KnownEvents events;
    private final SplittableRandom random;
    private final Failures failures = new Failures();
    private final Ends ends = new Ends();
    private final Pace pace;
    private final ScheduledThreadPoolExecutor timer;
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();

    private Workload(FaultSettings settings, Cluster cluster, KnownEvents events) {
        this.settings = settings;
        this.cluster = cluster;
        this.events = events;
        this.random = new SplittableRandom(settings.seed());
        this.timer = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "readers");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // what comes after the end is not to be done
        try (MillraceConnection connection = MillraceConnection.to(cluster.endpoints(0))) {
            connection
                    .topics()
                    .create(TopicSpec.of(new TopicName(TOPIC)).withPartitions(FaultSettings.PARTITIONS))
                    .block(CREATE_PATIENCE);
        }
        this.pace = new Pace(settings);
    }

    /** Makes the topic, begins to publish and to read it. */
    static Workload start(FaultSettings settings, Cluster cluster, KnownEvents events) {
        Workload workload = new Workload(settings, cluster, events);
        workload.startPublishers();
        workload.join(Reader.Origin.BEGINNING, true);
        return workload;
    }

    /** One more reader; where it begins and how long it stays follows from how many there are. */
    void joinAnother() {
        switch (readers.size()) {
            case 1 -> join(Reader.Origin.NOW, true);
            case 2 -> join(Reader.Origin.OFFSETS, true);
            default -> join(Reader.Origin.OFFSETS, false);
        }
    }

    /** Acknowledged events of each publisher. */
    long[] acknowledged() {
        return publishers.stream().mapToLong(Publisher::acknowledged).toArray();
    }

    /** Events of each reader that stays. */
    long[] received() {
        return readers.stream()
                .filter(Reader::isLasting)
                .mapToLong(Reader::received)
                .toArray();
    }

    /**
     * Lets the publishers send as fast as they can for a moment, and returns while many of their events have no
     * acknowledgement yet; how many.
     */
    long surge() {
        pace.surge(SURGE_OF_EACH);
        Patience.until(() -> unsettled() >= ENOUGH_UNSETTLED, SURGE_PATIENCE);
        return unsettled();
    }

    private long unsettled() {
        return publishers.stream().mapToLong(Publisher::unsettled).sum();
    }

    /** Publishes what is left as fast as it goes; false when that does not come to an end. */
    boolean finishPublishing(Duration patience) {
        pace.faultsAreOver();
        boolean finished = Patience.until(() -> publishers.stream().allMatch(Publisher::isDone), patience);
        pace.stop();
        return finished;
    }

    /** What the topic holds; to be asked when nobody publishes any more. */
    StoredLog truth() {
        return TruthReader.read(cluster.bootstrapServers(), TOPIC, events, settings.mostOffsets());
    }

    /** Lets the readers that stay read up to these offsets; how many do not come there. Then all leave. */
    long finishReading(long[] endOffsets, Duration patience) {
        List<Reader> lasting = readers.stream().filter(Reader::isLasting).toList();
        Patience.until(() -> lasting.stream().allMatch(reader -> reader.hasReached(endOffsets)), patience);
        long late = lasting.stream()
                .filter(reader -> !reader.hasReached(endOffsets))
                .count();
        readers.forEach(Reader::close);
        lasting.forEach(reader -> reader.journal().complete());
        return late;
    }

    List<PublisherJournal> publisherJournals() {
        return publishers.stream().map(Publisher::journal).toList();
    }

    List<ReaderJournal> readerJournals() {
        return readers.stream().map(Reader::journal).toList();
    }

    long reconnects() {
        return readers.stream().mapToLong(Reader::reconnects).sum();
    }

    Failures failures() {
        return failures;
    }

    static long sum(long[] values) {
        return LongStream.of(values).sum();
    }

    @Override
    public void close() {
        pace.stop();
        readers.forEach(Reader::close);
        publishers.forEach(Publisher::close);
        timer.shutdownNow();
    }

    private void startPublishers() {
        for (int i = 0; i < FaultSettings.PUBLISHERS; i++) {
            publishers.add(Publisher.start(i, settings, events, pace, connection(i), TOPIC, ends));
        }
    }

    private void join(Reader.Origin origin, boolean lasting) {
        int number = readers.size();
        Reader reader = new Reader(
                "reader " + number,
                connection(number),
                TOPIC,
                events,
                settings.mostOffsets(),
                lasting,
                random.split(),
                timer,
                failures);
        readers.add(reader);
        reader.begin(origin, ends.someOffsets(random, MOST_BEHIND_OFFSETS));
    }

    private MillraceConnection connection(int first) {
        return MillraceConnection.builder(cluster.endpoints(first))
                .backoff(BACKOFF)
                .build();
    }
}
