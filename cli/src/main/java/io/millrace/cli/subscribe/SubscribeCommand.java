// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.subscribe;

import io.millrace.cli.console.Console;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.option.EndArgument;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.cli.option.StartArgument;
import io.millrace.cli.option.TopicArgument;
import io.millrace.cli.output.EventFormat;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.SlowConsumer;
import io.millrace.consumers.SubscriptionBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** Writes the events of topics to standard output, from anywhere in history on into the live stream. */
@Command(
        name = "subscribe",
        header = "Write the events of topics to standard output.",
        description = {
            "Begins anywhere in history and goes on with what comes, until an end or a signal.",
            "Topics that come to match a pattern join, and deleted ones leave. Each JSON object names its topic."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace subscribe orders                              what comes from now on",
            "  millrace subscribe orders --from -15m -o jsonl         the last quarter of an hour, then live",
            "  millrace subscribe orders --from beginning --exit-at-end -o raw > orders.txt",
            "  millrace subscribe orders --from last:10 --count 10",
            "  millrace subscribe prices --slow conflate --conflate-interval 1s",
            "  millrace subscribe orders 'shop.*' --from beginning    a topic, and all that match",
        })
public final class SubscribeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TOPIC", index = "0..*", arity = "1", description = TopicArgument.FORM)
    private List<TopicArgument> topics = List.of();

    @Option(
            names = "--from",
            paramLabel = "START",
            description = "now, beginning, an offset, P:OFFSET,..., an ISO time, -15m or last:N. Default: now.")
    private StartArgument start = new StartArgument.Now();

    @Option(
            names = "--until",
            paramLabel = "END",
            description = "End before this: now, an offset, P:OFFSET,..., an ISO time or -5m. Default: go on.")
    private @Nullable EndArgument end;

    @Option(names = "--exit-at-end", description = "End with what is there now; the same as --until now.")
    private boolean exitAtEnd;

    @Option(
            names = "--filter",
            paramLabel = "EXPR",
            description = "Only events for which this is true, for example 'event.type == \"order.placed\"'.")
    private String filter = "";

    @Option(
            names = "--slow",
            paramLabel = "POLICY",
            description = "What gives way when output is slower than the topic: catch-up, conflate (the newest event "
                    + "of each key), skip or disconnect. Default: catch-up.")
    private SlowConsumer slow = SlowConsumer.CATCH_UP;

    @Option(
            names = "--conflate-interval",
            paramLabel = "TIME",
            description = "Of each key at most one event in this time: 500ms, 10s. Goes with --slow conflate.")
    private @Nullable Duration conflateInterval;

    @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
    private @Nullable Long count;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "table, json (one array), jsonl (an object per line) or raw (payload and line feed). "
                    + "Default: table on a terminal, else jsonl.")
    private @Nullable EventFormat format;

    @Mixin
    private final EndpointOptions endpoint = new EndpointOptions();

    private final Console console;

    /** The command on a console. */
    public SubscribeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        EndArgument until = until();
        EventFormat chosen = format == null ? EventFormat.defaultFor(console) : format;
        try (Reading reading = Reading.open(console, endpoint, topics)) {
            Flux<ReceivedEvent> events =
                    policed(reading.subscription(start, until).filter(filter)).events();
            return new Outflow(console, chosen.writer(console, reading.isOfSeveralTopics()), reading.reconnects())
                    .write(count == null ? events : events.take(count), Outflow.Pace.NONE)
                    .code();
        }
    }

    private SubscriptionBuilder policed(SubscriptionBuilder subscription) {
        return conflateInterval == null ? subscription.slowConsumer(slow) : subscription.conflate(conflateInterval);
    }

    private @Nullable EndArgument until() {
        if (conflateInterval != null && slow != SlowConsumer.CONFLATE) {
            throw CommandFailure.usage("--conflate-interval goes with --slow conflate only");
        }
        if (count != null && count < 0) {
            throw CommandFailure.usage("--count " + count + " is less than none");
        }
        if (exitAtEnd && end != null) {
            throw CommandFailure.usage("--exit-at-end and --until both name an end; use one of them");
        }
        return exitAtEnd ? new EndArgument.Now() : end;
    }
}
