// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.client.MillraceConnection;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.fault.FaultProxy;
import io.millrace.load.fault.Framing;
import io.millrace.load.process.Directories;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.localkafka.LocalKafkaEvent;
import io.millrace.localkafka.LocalKafkaSupervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Everything that can fail: a Kafka node that is started again when it dies, two brokers over it, and a proxy on each way
 * between. One thread owns it; everything blocks.
 */
public final class Cluster implements AutoCloseable {
    private static final Duration KAFKA_PATIENCE = Duration.ofMinutes(3);
    private static final Duration CREATE_PATIENCE = Duration.ofSeconds(60);
    private static final int BROKERS = 2;

    private final Path directory;
    private final FaultProxy kafkaLink;
    private final LocalKafkaSupervisor kafka;
    private final AtomicInteger kafkaStarts;
    private final List<ServedBroker> brokers;

    private Cluster(
            Path directory,
            FaultProxy kafkaLink,
            LocalKafkaSupervisor kafka,
            AtomicInteger kafkaStarts,
            List<ServedBroker> brokers) {
        this.directory = directory;
        this.kafkaLink = kafkaLink;
        this.kafka = kafka;
        this.kafkaStarts = kafkaStarts;
        this.brokers = brokers;
        kafkaLink.forwardTo(kafka.port());
    }

    /** Starts everything at once on a new directory, which goes when the cluster closes. */
    public static Cluster open(long seed) throws IOException {
        Path directory = Files.createTempDirectory("millrace-faults-");
        FaultProxy kafkaLink = FaultProxy.listen(Framing.KAFKA, seed);
        List<ServedBroker> brokers = IntStream.range(0, BROKERS)
                .mapToObj(i -> ServedBroker.launch("broker-" + i, kafkaLink.endpoint(), seed + i))
                .toList();
        try {
            return open(directory, kafkaLink, brokers);
        } catch (RuntimeException e) {
            brokers.forEach(ServedBroker::close);
            kafkaLink.close();
            throw e;
        }
    }

    private static Cluster open(Path directory, FaultProxy kafkaLink, List<ServedBroker> brokers) {
        AtomicInteger starts = new AtomicInteger();
        LocalKafkaSupervisor kafka = LocalKafkaSupervisor.start(
                LocalKafkaConfig.in(directory).withAdvertisedPort(kafkaLink.port()), event -> {
                    if (event instanceof LocalKafkaEvent.Ready) {
                        starts.incrementAndGet();
                    }
                });
        try {
            brokers.forEach(ServedBroker::awaitServing);
            return new Cluster(directory, kafkaLink, kafka, starts, brokers);
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
    }

    /** Kafka, through the proxy. */
    public String bootstrapServers() {
        return kafkaLink.endpoint();
    }

    /** Makes a topic, at the first broker. */
    public void create(TopicSpec topic) {
        try (MillraceConnection connection = MillraceConnection.to(endpoints(0))) {
            connection.topics().create(topic).block(CREATE_PATIENCE);
        }
    }

    /** Both brokers, through their proxies, beginning with one of them. */
    public String endpoints(int first) {
        return brokers.get(first % BROKERS).link().endpoint() + ","
                + brokers.get((first + 1) % BROKERS).link().endpoint();
    }

    public List<ServedBroker> brokers() {
        return brokers;
    }

    /** The broker that more clients are connected to now. */
    public ServedBroker busierBroker() {
        return brokers.stream()
                .max(Comparator.comparingInt(broker -> broker.link().connections()))
                .orElseThrow();
    }

    /** What the brokers reach Kafka through. */
    public FaultProxy kafkaLink() {
        return kafkaLink;
    }

    /** {@code kill -9}; returns when Kafka serves again. */
    public void killKafka() {
        int starts = kafkaStarts.get();
        ProcessHandle.of(kafka.pid()).ifPresent(ProcessHandle::destroyForcibly);
        if (!Patience.until(() -> kafkaStarts.get() > starts, KAFKA_PATIENCE)) {
            throw new IllegalStateException("Kafka has not come back within " + KAFKA_PATIENCE.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        brokers.forEach(ServedBroker::close);
        kafka.close();
        kafkaLink.close();
        Directories.delete(directory);
    }
}
