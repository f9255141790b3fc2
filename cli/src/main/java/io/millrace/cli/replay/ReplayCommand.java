// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.replay;

import io.millrace.cli.console.Console;
import io.millrace.cli.option.EndArgument;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.cli.option.Speed;
import io.millrace.cli.option.StartArgument;
import io.millrace.cli.option.TopicArgument;
import io.millrace.cli.output.EventFormat;
import io.millrace.cli.output.EventWriter;
import io.millrace.cli.subscribe.Outflow;
import io.millrace.cli.subscribe.Reading;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a part of history to standard output, at the pace at which it happened or faster. */
@Command(
        name = "replay",
        header = "Write history again, at the pace at which it happened.",
        description = {
            "Events of all topics come in order of their time (their own, else that of storage),",
            "with the pauses that lay between them, divided by the speed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace replay orders --from -1h --speed 10x",
            "  millrace replay orders --from 2026-05-01T08:00:00Z --to 2026-05-01T09:00:00Z --speed max -o jsonl",
            "  millrace replay 'shop.>' returns --from -1d --speed 100x",
        })
public final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TOPIC", index = "0..*", arity = "1", description = TopicArgument.FORM)
    private List<TopicArgument> topics = List.of();

    @Option(
            names = "--from",
            paramLabel = "START",
            description = "beginning, an offset, P:OFFSET,..., an ISO time, -15m or last:N. Default: beginning.")
    private StartArgument start = new StartArgument.Beginning();

    @Option(
            names = "--to",
            paramLabel = "END",
            description = "End before this: now, an offset, P:OFFSET,..., an ISO time or -5m. Default: now.")
    private EndArgument end = new EndArgument.Now();

    @Option(
            names = "--filter",
            paramLabel = "EXPR",
            description = "Only events for which this is true, for example 'event.type == \"order.placed\"'.")
    private String filter = "";

    @Option(names = "--speed", paramLabel = "SPEED", description = "1x, 10x, 0.5x or max. Default: 1x.")
    private Speed speed = new Speed(1);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "table, json, jsonl or raw. Default: table on a terminal, else jsonl.")
    private @Nullable EventFormat format;

    @Mixin
    private final EndpointOptions endpoint = new EndpointOptions();

    private final Console console;

    /** The command on a console. */
    public ReplayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        EventFormat chosen = format == null ? EventFormat.defaultFor(console) : format;
        try (Reading reading = Reading.open(console, endpoint, topics)) {
            EventWriter writer = chosen.writer(console, reading.isOfSeveralTopics());
            Outflow outflow = new Outflow(console, writer, reading.reconnects());
            return outflow.write(InOrderOfTime.events(reading, start, end, filter), pace())
                    .code();
        }
    }

    private Outflow.Pace pace() {
        return speed.isMax() ? Outflow.Pace.NONE : new EventTimePace(console, speed, System::nanoTime);
    }
}
