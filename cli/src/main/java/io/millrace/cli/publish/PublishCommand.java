// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.connect.Connections;
import io.millrace.cli.connect.Reconnects;
import io.millrace.cli.console.Console;
import io.millrace.cli.console.DataOut;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.cli.exit.Failures;
import io.millrace.cli.option.Durations;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.event.Header;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.producers.Producer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/** Publishes events from a file or from standard input, as they arrive. */
@Command(
        name = "publish",
        header = "Publish events from standard input or a file.",
        description = {
            "One event per line, published as it arrives. An event counts when Kafka has acknowledged it. After a broken",
            "connection what was not acknowledged is sent again, so an event may be stored twice, with the same id.",
            "With --as NAME every event is stored once, and the same command with the same input goes on where it was ended.",
            "The first event that fails stops the reading: exit 7 when others were stored before it, else 1."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  seq 1 10 | millrace publish numbers --create",
            "  millrace publish flights flights.ndjson.gz --key /origin --time /departed --type flight.departed",
            "  millrace publish flights flights.ndjson.gz --as import-2026    # again after a crash: stores the rest",
            "  tail -f app.log | millrace publish logs -H host=web-1",
            "  millrace publish prices prices.csv --key symbol --rate 100 -o json",
        })
public final class PublishCommand implements Callable<Integer> {
    enum Report {
        text,
        json,
        jsonl
    }

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Its name.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private TopicName topic;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Input; - is standard input, the default.")
    private String file = "-";

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORM",
            description =
                    "lines, jsonl (a JSON value per line), json (an array, or values), csv (with a line of names) or "
                            + "raw (all of it one event). Default: what the name of the file says, else lines. Gzip is recognized.")
    private @Nullable InputFormat format;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "PLACE",
            description = "Where the key stands: a JSON pointer, for example /origin, or a CSV column.")
    private @Nullable String key;

    @Option(
            names = "--time",
            paramLabel = "PLACE",
            description = "Where the time of the event stands: ISO 8601, or seconds or milliseconds since 1970.")
    private @Nullable String time;

    @Option(names = "--type", paramLabel = "TYPE", description = "CloudEvents type, for example order.placed.")
    private @Nullable String type;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header on every event; repeatable.")
    private List<Header> headers = new ArrayList<>();

    @Option(names = "--rate", paramLabel = "N", description = "Most events a second. Default: as fast as they come.")
    private @Nullable Double rate;

    @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
    private @Nullable Long count;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description =
                    "Publish under this name: every event is stored once, and those of the input that an earlier run "
                            + "under the name has settled are left out. Costs a transaction a batch.")
    private @Nullable String producerId;

    @Option(names = "--create", description = "Create the topic if it is not there.")
    private boolean create;

    @Option(names = "--partitions", paramLabel = "N", description = "Partitions of a created topic. Default: 1.")
    private @Nullable Integer partitions;

    @Option(
            names = "--acks",
            paramLabel = "FILE",
            description = "Write a JSON line there for each acknowledged event: line, partition, offset.")
    private @Nullable Path acks;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "Standard output: text (nothing), json (a summary) or jsonl (a line per acknowledged event). "
                    + "Default: text.")
    private Report report = Report.text;

    @Mixin
    private final EndpointOptions endpoint = new EndpointOptions();

    private final Console console;

    /** The command on a console. */
    public PublishCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        InputFormat chosen = chosenFormat();
        EventFactory factory = EventFactory.of(chosen, key, time, type, headers);
        Reconnects reconnects = new Reconnects(console, endpoint.timeout());
        try (InputStream in = open();
                MillraceConnection connection = Connections.open(endpoint, reconnects)) {
            provideTopic(connection);
            double perSecond = rate == null ? Double.POSITIVE_INFINITY : rate;
            EventInput input = new EventInput(reader(chosen, in), factory, count, perSecond);
            return publish(connection, input, reconnects).code();
        }
    }

    private ExitCode publish(MillraceConnection connection, EventInput input, Reconnects reconnects)
            throws IOException {
        long begin = System.nanoTime();
        Tally tally = new Tally(topic.value());
        Producer producer = producer(connection);
        skipSettled(producer, input);
        try (DataOut file = acks == null ? null : new DataOut(Files.newOutputStream(acks))) {
            AckJournal journal = new AckJournal(report == Report.jsonl ? console.out() : file);
            Publication publication = new Publication(input, tally, journal, reconnects, console.interrupts());
            try {
                publication.run(producer);
            } catch (RuntimeException e) {
                report(tally, publication, begin);
                throw Publication.withCounts(Failures.of(e), tally, publication.unknown());
            }
            report(tally, publication, begin);
            return verdict(input, tally, publication);
        }
    }

    private Producer producer(MillraceConnection connection) {
        Producer.Builder builder = Producer.builder(connection, topic.value())
                .source("millrace-cli")
                .ackTimeout(endpoint.timeout().plusSeconds(20));
        try {
            return producerId == null
                    ? builder.build()
                    : builder.exactlyOnce(producerId).build();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--as " + e.getMessage());
        }
    }

    private void skipSettled(Producer producer, EventInput input) {
        if (producerId != null) {
            Duration patience = endpoint.timeout().plusSeconds(20);
            long settled = Objects.requireNonNull(producer.firstSequence()
                            .timeout(
                                    patience,
                                    Mono.error(() -> new CommandFailure(
                                            ExitCode.UNREACHABLE,
                                            "no session for " + producerId + " within " + Durations.text(patience)
                                                    + "; see what the server's log says of Kafka, or allow more with "
                                                    + "--timeout")))
                            .block())
                    - 1;
            input.skip(settled);
            if (settled > 0) {
                console.say("millrace: " + Tally.counted(settled) + " of " + producerId
                        + " had been settled before and are left out");
            }
        }
    }

    private void report(Tally tally, Publication publication, long begin) {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        console.say("millrace: " + tally.sentence(took));
        if (report == Report.json) {
            console.out()
                    .line(tally.json(took, publication.unknown()).toString())
                    .flush();
        }
    }

    private ExitCode verdict(EventInput input, Tally tally, Publication publication) {
        ExitCode partly = tally.published() > 0 ? ExitCode.PARTLY : ExitCode.FAILURE;
        if (tally.firstFailure().isPresent()) {
            throw new CommandFailure(
                    partly, tally.firstFailure().get(), tally.firstCause().orElse(null));
        }
        if (input.problem().isPresent()) {
            IOException problem = input.problem().get();
            throw new CommandFailure(partly, name() + ": " + problem.getMessage(), problem);
        }
        if (!console.interrupts().raised()) {
            return ExitCode.OK;
        }
        if (publication.unknown() > 0) {
            console.say("millrace: of " + Tally.counted(publication.unknown())
                    + " it is not known whether they are stored");
        }
        return ExitCode.INTERRUPTED;
    }

    private void checkOptions() {
        if (partitions != null && !create) {
            throw CommandFailure.usage("--partitions is for a topic that is made now; add --create");
        }
        if (rate != null && !(rate > 0)) {
            throw CommandFailure.usage("--rate " + rate + " is not more than 0 events a second");
        }
        if (count != null && count < 0) {
            throw CommandFailure.usage("--count " + count + " is less than none");
        }
        if (acks != null && report == Report.jsonl) {
            throw CommandFailure.usage("--acks and -o jsonl say the same twice; use one of them");
        }
    }

    /** A place for the key or the time means that the events have fields, so plain lines are JSON then. */
    private InputFormat chosenFormat() {
        if (format != null) {
            return format;
        }
        InputFormat guessed = InputFormat.guess(file);
        return guessed == InputFormat.lines && (key != null || time != null) ? InputFormat.jsonl : guessed;
    }

    private InputStream open() throws IOException {
        if (file.equals("-")) {
            return console.in();
        }
        try {
            return Files.newInputStream(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file, e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILURE, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** A reader; input may be wrong from its first bytes on. */
    private InputReader reader(InputFormat chosen, InputStream in) {
        try {
            return chosen.reader(in);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILURE, name() + ": " + e.getMessage(), e);
        }
    }

    private String name() {
        return file.equals("-") ? "standard input" : file;
    }

    private void provideTopic(MillraceConnection connection) {
        if (!create) {
            connection.topics().get(topic).block();
            return;
        }
        TopicSpec spec = TopicSpec.of(topic).withPartitions(partitions == null ? 1 : partitions);
        try {
            connection.topics().create(spec).block();
            console.say("millrace: created topic " + topic);
        } catch (MillraceException e) {
            if (!e.is(Reason.TOPIC_EXISTS)) {
                throw e;
            }
        }
    }
}
