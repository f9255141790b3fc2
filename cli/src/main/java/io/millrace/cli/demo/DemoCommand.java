// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.diagnostics.LogFile;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.option.Durations;
import io.millrace.cli.option.ReportOption;
import io.millrace.cli.output.DeliveredEvent;
import io.millrace.cli.serve.Ports;
import io.millrace.cli.serve.RunningServer;
import io.millrace.cli.serve.ServerSettings;
import io.millrace.cli.serve.ServerSettings.LogChoice;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.ObjectNode;

/** Shows what Millrace does, with real data and a real Kafka, and verifies it. */
@Command(
        name = "demo",
        header = "See it work: 20,000 real flights, published, received live, replayed and verified.",
        description = {
            "Starts a Kafka and a broker, and uses them over their ports like any client: two live subscribers, one of",
            "them slow, a publisher, a replay. Every stream is compared with the input: nothing missing, nothing twice,",
            "each key in order, every byte as it was. Exit 0 only when all of that holds, else 8."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace demo",
            "  millrace demo --keep                 goes on serving afterwards, to try the other commands on",
            "  millrace demo -o json",
        })
public final class DemoCommand implements Callable<Integer> {
    enum LogKind {
        kafka,
        memory
    }

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data of the Kafka, kept afterwards. Default: a temporary directory that is removed.")
    private @Nullable Path dataDir;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "Port of the broker. Default: 7450, or any free one if that is taken.")
    private @Nullable Integer grpcPort;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "Port of the Kafka. Default: 7492, or any free one if that is taken.")
    private @Nullable Integer kafkaPort;

    @Option(names = "--log", paramLabel = "KIND", description = "kafka, or memory for no Kafka. Default: kafka.")
    private LogKind log = LogKind.kafka;

    @Option(names = "--count", paramLabel = "N", description = "Only the first N flights. Default: all 20,000.")
    private int count = 20_000;

    @Option(names = "--keep", description = "Go on serving until a signal comes.")
    private boolean keep;

    @Mixin
    private final ReportOption report = new ReportOption();

    private final Console console;
    private final UnaryOperator<Flux<DeliveredEvent>> tampering;

    /** The command on a console. */
    public DemoCommand(Console console) {
        this(console, stream -> stream);
    }

    /** The command with something between each stream and its verifier, so that a test can see it found out. */
    DemoCommand(Console console, UnaryOperator<Flux<DeliveredEvent>> tampering) {
        this.console = console;
        this.tampering = tampering;
    }

    @Override
    public Integer call() {
        if (count < 1) {
            throw CommandFailure.usage("--count " + count + ": the demo needs a flight at least");
        }
        try (AtExit atExit = new AtExit()) {
            return run(atExit);
        }
    }

    private int run(AtExit atExit) {
        long begin = System.nanoTime();
        DemoScreen screen = report.isJson() ? DemoScreen.silent(console) : DemoScreen.forPeople(console);
        List<Event> flights = Flights.load(count);
        screen.line(String.format(Locale.ROOT, "Millrace demo: %,d real flights", flights.size())
                + " over gRPC streams and " + (log == LogKind.memory ? "a log in memory" : "a real Kafka"));
        screen.line("");
        ServerSettings settings = settings(atExit);
        RunningServer server = atExit.add(RunningServer.start(settings, line -> {}));
        screen.step("start", started(server, settings, begin));
        DemoReport found = run(server, screen, flights);
        show(found, server, screen, Duration.ofNanos(System.nanoTime() - begin));
        ExitCode verdict = found.verified() ? ExitCode.OK : ExitCode.UNVERIFIED;
        return (keep ? serveOn(server, verdict) : verdict).code();
    }

    private DemoReport run(RunningServer server, DemoScreen screen, List<Event> flights) {
        try (MillraceConnection connection = MillraceConnection.to(server.grpc())) {
            return new DemoRun(connection, screen, tampering, flights).run();
        }
    }

    private ServerSettings settings(AtExit atExit) {
        int port = grpcPort == null ? usualOrAny(ServerSettings.DEFAULT_GRPC_PORT) : grpcPort;
        return new ServerSettings("127.0.0.1", port, log == LogKind.memory ? new LogChoice.Memory() : kafka(atExit));
    }

    private LogChoice kafka(AtExit atExit) {
        Path directory = dataDir == null
                ? atExit.add(new TemporaryDirectory("millrace-demo-")).path()
                : dataDir;
        int port = kafkaPort == null ? usualOrAny(ServerSettings.DEFAULT_KAFKA_PORT) : kafkaPort;
        return new LogChoice.EmbeddedKafka(directory, port, true);
    }

    private static int usualOrAny(int port) {
        return Ports.isFree("127.0.0.1", port) ? port : 0;
    }

    private static String started(RunningServer server, ServerSettings settings, long begin) {
        String kafka = server.kafka()
                .map(address -> "Kafka on " + address + " (a process of its own, KRaft) and ")
                .orElse("");
        String usual = settings.grpcPort() == 0 ? " (7450 is taken)" : "";
        return kafka + "gRPC on " + server.grpc() + usual + ", in "
                + Durations.seconds(Duration.ofNanos(System.nanoTime() - begin));
    }

    private void show(DemoReport found, RunningServer server, DemoScreen screen, Duration took) {
        if (report.isJson()) {
            console.out().line(json(found, server, took).toString()).flush();
            return;
        }
        screen.line("");
        screen.line("  stream    expected  received    gaps  repeats  order  bytes  checksum");
        row(screen, "fast", found.fast());
        row(screen, "slow", found.slow());
        row(screen, "replay", found.replay());
        screen.line("");
        screen.line(
                found.verified()
                        ? "Verified in " + Durations.seconds(took)
                                + ": every event once, in the order of its key, every byte as it was."
                        : "NOT VERIFIED: what came out is not what went in; the table says where. Exit code 8.");
        LogFile.written().ifPresent(file -> screen.line("Log: " + file));
        screen.line("");
        if (!keep) {
            screen.line("Next:  ./millrace serve                                  a server that stays");
            screen.line("       seq 1 10 | ./millrace publish numbers --create    ten events, from another terminal");
            screen.line("       ./millrace subscribe numbers --from beginning     all of them, then what comes");
        }
    }

    private static void row(DemoScreen screen, String name, Verdict verdict) {
        screen.line(String.format(
                Locale.ROOT,
                "  %-8s %,9d %,9d %7d %8d %6d %6d  %s %s",
                name,
                verdict.expected(),
                verdict.received(),
                verdict.gaps(),
                verdict.duplicates(),
                verdict.reordered(),
                verdict.corrupt(),
                DemoReport.checksum(verdict.checksum()),
                verdict.verified() ? "ok" : "WRONG"));
    }

    private static ObjectNode json(DemoReport found, RunningServer server, Duration took) {
        ObjectNode json = found.json()
                .put("seconds", Math.round(took.toMillis() / 100.0) / 10.0)
                .put("log", server.kafka().isPresent() ? "kafka" : "memory")
                .put("grpc", server.grpc());
        server.kafka().ifPresent(address -> json.put("kafka", address));
        LogFile.path().ifPresent(file -> json.put("log_file", file.toString()));
        return json;
    }

    private ExitCode serveOn(RunningServer server, ExitCode verdict) {
        console.interrupts().claim();
        console.say("millrace: serving on " + server.grpc() + " until control-C; try: ./millrace subscribe flights"
                + " --from last:5 --count 5 -e " + server.grpc());
        Interrupts.Kind signal = console.interrupts().await();
        return verdict == ExitCode.OK && signal == Interrupts.Kind.INT ? ExitCode.INTERRUPTED : verdict;
    }
}
