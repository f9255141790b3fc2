// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.Usage;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * All processes of the durable workloads: a Kafka node that forces every batch to the disk, a broker over it that runs
 * as {@code millrace serve} does, and clients, which stay warm from run to run. One thread owns it; everything blocks.
 */
public final class Stage implements AutoCloseable {
    /** The same for both sides, with room for a thousand subscribers. */
    private static final List<String> CLIENT_OPTIONS = List.of(
            "-XX:+UseParallelGC",
            "-Xms1g",
            "-Xmx2g",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** The programs of the users: the other Millrace one works while the first is measured. */
    private enum Program {
        MILLRACE(Side.MILLRACE),
        KAFKA(Side.KAFKA),
        OTHER_MILLRACE(Side.MILLRACE);

        private final Side side;

        Program(Side side) {
            this.side = side;
        }
    }

    private final Path directory;
    private final LocalKafka node;
    private final KafkaEventLog log;
    private final Storage storage;
    private final Map<Program, ChildJvm> clients = new EnumMap<>(Program.class);
    private final BrokerProcess broker;

    private Stage(Path directory, LocalKafka node) throws IOException {
        this.directory = directory;
        this.node = node;
        KafkaLogConfig config = KafkaLogConfig.of(node.bootstrapServers());
        log = KafkaEventLog.connect(config);
        storage = new Storage(log);
        broker = BrokerProcess.start(node.bootstrapServers());
    }

    /** Starts node and broker on a new directory, which goes when the stage closes. */
    public static Stage open() throws IOException {
        Path directory = Files.createTempDirectory("millrace-perf-");
        LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(directory));
        try {
            return new Stage(directory, node);
        } catch (IOException | RuntimeException e) {
            node.close();
            delete(directory);
            throw e;
        }
    }

    /** The topics. */
    public Storage storage() {
        return storage;
    }

    /** What kind of disk the node forces its batches to. */
    public String fileStore() {
        try {
            return Files.getFileStore(directory).type();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The broker that the clients use. */
    public BrokerProcess broker() {
        return broker;
    }

    /** Another broker over the same node, which nobody has used yet. */
    public BrokerProcess freshBroker() throws IOException {
        return BrokerProcess.start(node.bootstrapServers());
    }

    /** Lets one side do a piece of work while the other idles. */
    public Measurement run(Side side, Work work) {
        ChildJvm client = client(side == Side.MILLRACE ? Program.MILLRACE : Program.KAFKA);
        Cpu before = cpu(client);
        Done done = ClientMain.parse(client.ask(ClientMain.format(work)));
        return new Measurement(done, cpu(client).since(before));
    }

    /** Begins a piece of work of another Millrace client, which goes on while something else is measured. */
    public CompletableFuture<Done> beginBeside(Work work) {
        ChildJvm client = client(Program.OTHER_MILLRACE);
        return CompletableFuture.supplyAsync(() -> ClientMain.parse(client.ask(ClientMain.format(work))));
    }

    private ChildJvm client(Program program) {
        return clients.computeIfAbsent(program, this::start);
    }

    private ChildJvm start(Program program) {
        String address = program.side == Side.MILLRACE ? broker.endpoint() : node.bootstrapServers();
        try {
            return ChildJvm.start(CLIENT_OPTIONS, ClientMain.class, program.side.name(), address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Cpu cpu(ChildJvm client) {
        ProcessHandle kafka = ProcessHandle.of(node.pid()).orElseThrow();
        return new Cpu(seconds(client.usage()), seconds(broker.usage()), seconds(Usage.of(kafka)));
    }

    private static double seconds(Usage usage) {
        return usage.cpu().toNanos() / 1e9;
    }

    @Override
    public void close() {
        clients.values().forEach(ChildJvm::close);
        broker.close();
        log.close();
        node.close();
        delete(directory);
    }

    private static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + directory, e);
        }
    }
}
