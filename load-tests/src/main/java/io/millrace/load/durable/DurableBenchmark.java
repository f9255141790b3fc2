// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.load.report.Progress;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures publishing and replay on one durable node in a process of its own, through a broker in this process and the
 * SDK over real calls, and with Kafka's own clients.
 */
public final class DurableBenchmark {
    /** About half a gigabyte on the disk. */
    private static final int MAX_PUBLISHED_EVENTS = 2_000_000;

    private final DurableSettings settings;
    private final Progress progress;

    /** Not begun. */
    public DurableBenchmark(DurableSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Starts the node on an empty directory, measures, stops it and removes the directory. Blocks. */
    public DurableFigures run() throws IOException {
        Path directory = Files.createTempDirectory("millrace-perf-");
        progress.say("durable: starting a Kafka node in " + directory);
        try (LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(directory))) {
            return measure(Files.getFileStore(directory).type(), KafkaLogConfig.of(node.bootstrapServers()));
        } finally {
            delete(directory);
        }
    }

    private DurableFigures measure(String fileStore, KafkaLogConfig config) throws IOException {
        try (KafkaEventLog log = KafkaEventLog.connect(config);
                Broker broker = Broker.builder().log(log).port(0).start();
                MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port())) {
            Storage storage = new Storage(config, log);
            return new DurableFigures(fileStore, publish(storage, connection), replay(storage, connection));
        }
    }

    private RaceFigures publish(Storage storage, MillraceConnection connection) {
        progress.say("durable: publishing, %d pairs".formatted(settings.pairs()));
        try (KafkaPublishing kafka = new KafkaPublishing(storage)) {
            return race(MAX_PUBLISHED_EVENTS).between(new MillracePublishing(storage, connection), kafka);
        }
    }

    private RaceFigures replay(Storage storage, MillraceConnection connection) {
        int events = settings.replayEvents();
        progress.say("durable: replaying up to %,d events, %d pairs".formatted(events, settings.pairs()));
        TopicName topic = storage.createUnforced();
        try (KafkaPublishing filling = new KafkaPublishing(storage)) {
            filling.publish(topic, 0, events);
        }
        return race(events).between(new MillraceReplay(connection, topic), new KafkaReplay(storage, topic));
    }

    private Race race(int maxEvents) {
        return new Race(maxEvents, settings.warmUp(), settings.window(), settings.pairs());
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
