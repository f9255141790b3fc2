// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.faults.ServedBroker;
import io.millrace.load.process.Directories;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.localkafka.LocalKafkaEvent;
import io.millrace.localkafka.LocalKafkaSupervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A Kafka node that is started again when it dies, and brokers that tell of their memory, on a directory of its own or
 * of the caller's. One thread owns it; everything blocks.
 */
final class KafkaAndBrokers implements AutoCloseable {
    private final LocalKafkaSupervisor kafka;
    private final List<ServedBroker> brokers = new ArrayList<>();
    private final Runnable afterwards;

    private KafkaAndBrokers(LocalKafkaSupervisor kafka, Runnable afterwards) {
        this.kafka = kafka;
        this.afterwards = afterwards;
    }

    /** In a new directory, which goes in the end. */
    static KafkaAndBrokers open(long seed, int brokers) throws IOException {
        Path directory = Files.createTempDirectory("millrace-scenario-");
        return open(LocalKafkaConfig.in(directory), event -> {}, seed, brokers, () -> Directories.delete(directory));
    }

    /**
     * With a node as the caller wants it.
     *
     * @param afterwards called when everything has ended
     */
    static KafkaAndBrokers open(
            LocalKafkaConfig config,
            Consumer<? super LocalKafkaEvent> listener,
            long seed,
            int brokers,
            Runnable afterwards) {
        KafkaAndBrokers all = new KafkaAndBrokers(LocalKafkaSupervisor.start(config, listener), afterwards);
        try {
            for (int i = 0; i < brokers; i++) {
                all.brokers.add(ServedBroker.launch(
                        "broker-" + i, all.kafka.bootstrapServers(), seed + i, ProbedBrokerMain.PROGRAM));
            }
            all.brokers.forEach(ServedBroker::awaitServing);
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    LocalKafkaSupervisor kafka() {
        return kafka;
    }

    ServedBroker broker(int number) {
        return brokers.get(number);
    }

    /** All brokers, through their proxies. */
    String endpoints() {
        return brokers.stream().map(broker -> broker.link().endpoint()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        brokers.forEach(ServedBroker::close);
        kafka.close();
        afterwards.run();
    }
}
