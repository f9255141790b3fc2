// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.exit.Failures;
import io.millrace.cli.serve.ServerSettings.LogChoice;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.localkafka.LocalKafkaException;
import io.millrace.localkafka.LocalKafkaSupervisor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log that is open, and the Kafka node under it where it is ours. */
final class OpenLog implements AutoCloseable {
    private static final int CLUSTER_REPLICAS = 3;

    private final EventLog events;
    private final @Nullable LocalKafkaSupervisor node;
    private final @Nullable String bootstrapServers;
    private final @Nullable Path dataDir;

    private OpenLog(
            EventLog events,
            @Nullable LocalKafkaSupervisor node,
            @Nullable String bootstrapServers,
            @Nullable Path dataDir) {
        this.events = events;
        this.node = node;
        this.bootstrapServers = bootstrapServers;
        this.dataDir = dataDir;
    }

    /** Opens the log that was chosen. Blocks while a Kafka starts. Throws what ends the command. */
    static OpenLog open(LogChoice choice, Consumer<String> progress) {
        if (choice instanceof LogChoice.EmbeddedKafka embedded) {
            return embedded(embedded, progress);
        }
        if (choice instanceof LogChoice.ExternalKafka external) {
            String servers = external.bootstrapServers();
            KafkaLogConfig config = KafkaLogConfig.of(servers).withDefaultReplicationFactor(CLUSTER_REPLICAS);
            return new OpenLog(connect(config), null, servers, null);
        }
        return new OpenLog(MemoryEventLog.create(), null, null, null);
    }

    EventLog events() {
        return events;
    }

    Optional<String> bootstrapServers() {
        return Optional.ofNullable(bootstrapServers);
    }

    OptionalLong kafkaPid() {
        return node == null ? OptionalLong.empty() : OptionalLong.of(node.pid());
    }

    Optional<Path> dataDir() {
        return Optional.ofNullable(dataDir);
    }

    @Override
    public void close() {
        events.close();
        if (node != null) {
            node.close();
        }
    }

    private static OpenLog embedded(LogChoice.EmbeddedKafka choice, Consumer<String> progress) {
        LocalKafkaConfig config = LocalKafkaConfig.in(choice.dataDir())
                .withKafkaPort(choice.port())
                .withDurable(choice.durable());
        progress.accept("data in " + config.dataDir()
                + (choice.durable() ? "" : "; --fast: a power failure loses the events of the last seconds"));
        LocalKafkaSupervisor node = start(config, progress);
        try {
            EventLog events = connect(KafkaLogConfig.of(node.bootstrapServers()));
            return new OpenLog(events, node, node.bootstrapServers(), config.dataDir());
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private static LocalKafkaSupervisor start(LocalKafkaConfig config, Consumer<String> progress) {
        try {
            return LocalKafkaSupervisor.start(config, new KafkaNews(progress));
        } catch (LocalKafkaException e) {
            throw new CommandFailure(ExitCode.FAILURE, e.refusal().reason(), e);
        }
    }

    /** The first question shows whether there is a Kafka at all; without one there is nothing to serve. */
    private static EventLog connect(KafkaLogConfig config) {
        EventLog log = KafkaEventLog.connect(config);
        try {
            log.topics().list(false).block();
            return log;
        } catch (RuntimeException e) {
            log.close();
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "no Kafka answers at " + config.bootstrapServers() + ": "
                            + Failures.of(e).sentence(),
                    e);
        }
    }
}
