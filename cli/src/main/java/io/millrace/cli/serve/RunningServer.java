// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import io.millrace.broker.Broker;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.serve.ServerSettings.LogChoice;
import io.millrace.core.log.EventLog;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A log and a broker over it, both running. Blocks while it starts and while it closes; safe to close from any thread,
 * and closing twice is closing once.
 */
public final class RunningServer implements AutoCloseable {
    private final String host;
    private final OpenLog log;
    private final Broker broker;
    private boolean closed;

    private RunningServer(String host, OpenLog log, Broker broker) {
        this.host = host;
        this.log = log;
        this.broker = broker;
    }

    /**
     * Checks every port, then starts the log, then the broker. Nothing is left running when a part of it fails.
     *
     * @param progress told what happens, in sentences for a person; also later, when the Kafka dies and comes back
     * @throws CommandFailure which says what to do
     */
    public static RunningServer start(ServerSettings settings, Consumer<String> progress) {
        Ports.requireFree(settings.host(), settings.grpcPort(), "--grpc-port");
        if (settings.log() instanceof LogChoice.EmbeddedKafka embedded) {
            Ports.requireFree("127.0.0.1", embedded.port(), "--kafka-port");
        }
        OpenLog log = OpenLog.open(settings.log(), progress);
        try {
            return new RunningServer(settings.host(), log, broker(settings, log.events()));
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /** Where the broker listens, as host and port. */
    public String grpc() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + broker.port();
    }

    /** Where the Kafka listens, where there is one. */
    public Optional<String> kafka() {
        return log.bootstrapServers();
    }

    /** The process of the embedded Kafka, where there is one. */
    public OptionalLong kafkaPid() {
        return log.kafkaPid();
    }

    /** Where the embedded Kafka keeps its data, where there is one. */
    public Optional<Path> dataDir() {
        return log.dataDir();
    }

    /** Drains the broker, then closes the log. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            broker.close();
            log.close();
        }
    }

    private static Broker broker(ServerSettings settings, EventLog log) {
        try {
            return Broker.builder()
                    .log(log)
                    .host(settings.host())
                    .port(settings.grpcPort())
                    .start();
        } catch (IOException e) {
            throw e.getCause() instanceof BindException || e instanceof BindException
                    ? Ports.taken(settings.host(), settings.grpcPort(), "--grpc-port")
                    : new CommandFailure(ExitCode.FAILURE, "the broker did not start: " + e.getMessage(), e);
        }
    }
}
