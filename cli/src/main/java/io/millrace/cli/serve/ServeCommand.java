// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.diagnostics.LogFile;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.option.ReportOption;
import io.millrace.cli.output.Json;
import io.millrace.cli.serve.ServerSettings.LogChoice;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Runs a server until a signal ends it. */
@Command(
        name = "serve",
        header = "Run a server: a broker, and a Kafka of its own unless one is named.",
        description = {
            "Serves until SIGTERM (exit 0) or SIGINT (exit 130), then asks its streams to move and ends within ten",
            "seconds. The embedded Kafka is a process of its own; one that dies is started again on the same data."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace serve                                   Kafka embedded, data in your home",
            "  millrace serve --data-dir ./data --grpc-port 0 -o json",
            "  millrace serve --kafka kafka-1:9092,kafka-2:9092",
            "  millrace serve --log memory                      a mock server: no Kafka, nothing kept",
            "  JAVA_OPTS=-Xmx4g millrace serve                   other options of the JVM, after the program's own",
        })
public final class ServeCommand implements Callable<Integer> {
    enum LogKind {
        kafka,
        memory
    }

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data of the embedded Kafka. Default: $XDG_DATA_HOME/millrace, else ~/.local/share/millrace.")
    private @Nullable Path dataDir;

    @Option(names = "--grpc-port", paramLabel = "PORT", description = "Port of the broker; 0 = any. Default: 7450.")
    private int grpcPort = ServerSettings.DEFAULT_GRPC_PORT;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "Port of the embedded Kafka, on loopback; 0 = any. Default: 7492.")
    private @Nullable Integer kafkaPort;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Use this Kafka cluster and start none.")
    private @Nullable String kafka;

    @Option(names = "--log", paramLabel = "KIND", description = "kafka or memory (nothing is kept). Default: kafka.")
    private LogKind log = LogKind.kafka;

    @Option(
            names = "--fast",
            description = "Let the system decide when events reach the disk: faster with small batches, but a power "
                    + "failure loses the acknowledged events of the last seconds.")
    private boolean fast;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to bind. Default: 127.0.0.1.")
    private String host = "127.0.0.1";

    @Option(
            names = "--insecure-allow-remote",
            description = "Bind another address than loopback: whoever can reach it can read and write everything.")
    private boolean insecureAllowRemote;

    @Mixin
    private final ReportOption report = new ReportOption();

    private final Console console;

    /** The command on a console. */
    public ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ServerSettings settings = new ServerSettings(host, port(grpcPort, "--grpc-port"), logChoice());
        checkHost();
        try (RunningServer server = RunningServer.start(settings, line -> console.say("millrace: " + line))) {
            console.interrupts().claim();
            announce(server);
            Interrupts.Kind signal = console.interrupts().await();
            console.say("millrace: stopping; open streams are asked to move");
            server.close();
            console.say("millrace: stopped");
            return (signal == Interrupts.Kind.TERM ? ExitCode.OK : ExitCode.INTERRUPTED).code();
        }
    }

    private LogChoice logChoice() {
        if (log == LogKind.memory) {
            refuseWith("--log memory", kafka != null, "--kafka");
            refuseWith("--log memory", dataDir != null, "--data-dir");
            refuseWith("--log memory", kafkaPort != null, "--kafka-port");
            return new LogChoice.Memory();
        }
        if (kafka != null) {
            refuseWith("--kafka", dataDir != null, "--data-dir");
            refuseWith("--kafka", kafkaPort != null, "--kafka-port");
            refuseWith("--kafka", fast, "--fast");
            return new LogChoice.ExternalKafka(kafka);
        }
        int port = kafkaPort == null ? ServerSettings.DEFAULT_KAFKA_PORT : port(kafkaPort, "--kafka-port");
        if (port != 0 && port == grpcPort) {
            throw CommandFailure.usage("--grpc-port and --kafka-port are both " + port + "; they must differ");
        }
        return new LogChoice.EmbeddedKafka(dataDir == null ? DataDirectory.ofUser() : dataDir, port, !fast);
    }

    private static void refuseWith(String option, boolean given, String other) {
        if (given) {
            throw CommandFailure.usage(
                    option + " starts no Kafka, so " + other + " means nothing with it; leave one out");
        }
    }

    private static int port(int port, String option) {
        if (port < 0 || port > 65_535) {
            throw CommandFailure.usage(option + " " + port + " is not within 0..65535");
        }
        return port;
    }

    private void checkHost() {
        if (Ports.address(host).isLoopbackAddress()) {
            return;
        }
        if (!insecureAllowRemote) {
            throw CommandFailure.usage(
                    "--host " + host + " can be reached by other machines, and there is no protection"
                            + " yet; bind 127.0.0.1, or say --insecure-allow-remote if the network is yours alone");
        }
        console.say("millrace: WARNING: " + host + " can be reached by other machines. Whoever reaches it can read,"
                + " write and delete everything: no encryption, no authentication.");
    }

    private void announce(RunningServer server) {
        if (report.isJson()) {
            console.out().line(ready(server).toString()).flush();
            return;
        }
        console.say("millrace: serving gRPC on " + server.grpc()
                + server.kafka().map(address -> ", Kafka on " + address).orElse("") + "; stop with control-C");
    }

    private static ObjectNode ready(RunningServer server) {
        ObjectNode json = Json.object().put("ready", true).put("grpc", server.grpc());
        server.kafka().ifPresent(address -> json.put("kafka", address));
        json.put("log", server.kafka().isPresent() ? "kafka" : "memory");
        server.dataDir().ifPresent(directory -> json.put("data_dir", directory.toString()));
        server.kafkaPid().ifPresent(pid -> json.put("kafka_pid", pid));
        json.put("pid", ProcessHandle.current().pid());
        LogFile.path().ifPresent(file -> json.put("log_file", file.toString()));
        return json;
    }
}
