// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.load.fanout.FanOutBenchmark;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * All processes of the durable workloads: a Kafka node that forces every batch to the disk, a broker over it, and one
 * client of each side, which stays warm from run to run. Owned by one thread; everything blocks.
 */
final class Stage implements AutoCloseable {
    private final LocalKafka node;
    private final KafkaEventLog log;
    private final Storage storage;
    private final Map<Side, ChildJvm> clients = new EnumMap<>(Side.class);
    private final ChildJvm broker;

    private Stage(LocalKafka node) throws IOException {
        this.node = node;
        KafkaLogConfig config = KafkaLogConfig.of(node.bootstrapServers());
        log = KafkaEventLog.connect(config);
        storage = new Storage(config, log);
        broker = ChildJvm.start(FanOutBenchmark.serverOptions(), BrokerMain.class, node.bootstrapServers());
        clients.put(Side.MILLRACE, client(Side.MILLRACE, "127.0.0.1:" + broker.hear()));
        clients.put(Side.KAFKA, client(Side.KAFKA, node.bootstrapServers()));
    }

    /** Starts everything on an empty directory. */
    static Stage open(Path directory) throws IOException {
        LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(directory));
        try {
            return new Stage(node);
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    /** The topics. */
    Storage storage() {
        return storage;
    }

    /** Lets one side do a piece of work while the other idles. */
    Measurement run(Side side, Work work) {
        ChildJvm client = Objects.requireNonNull(clients.get(side));
        Cpu before = cpu(client);
        Done done = ClientMain.parse(client.ask(ClientMain.format(work)));
        return new Measurement(done, cpu(client).since(before));
    }

    private Cpu cpu(ChildJvm client) {
        ProcessHandle kafka = ProcessHandle.of(node.pid()).orElseThrow();
        return Cpu.of(client.process(), broker.process(), kafka);
    }

    private static ChildJvm client(Side side, String address) throws IOException {
        return ChildJvm.start(FanOutBenchmark.serverOptions(), ClientMain.class, side.name(), address);
    }

    @Override
    public void close() {
        clients.values().forEach(ChildJvm::close);
        broker.close();
        log.close();
        node.close();
    }
}
