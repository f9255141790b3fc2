// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import io.millrace.load.durable.DurableFigures;
import io.millrace.load.durable.RaceFigures;
import io.millrace.load.fanout.FanOutFigures;
import io.millrace.load.report.Report;
import io.millrace.load.report.Target;
import java.util.Locale;
import java.util.StringJoiner;

/** A run as a person reads it. */
final class PerfTable {
    private final StringJoiner lines = new StringJoiner(System.lineSeparator());

    private PerfTable() {}

    static String of(Report report, PerfResult result) {
        PerfTable table = new PerfTable();
        table.line(
                "%s · %d cpus · %s · load average %.1f",
                report.environment().jdk(),
                report.environment().cpus(),
                report.environment().os(),
                report.environment().loadAverage());
        table.fanOut(result);
        table.durable(result.durable());
        table.targets(report);
        return table.lines.toString();
    }

    private void fanOut(PerfResult result) {
        line("");
        line("Fan-out, 100 B of data          Millrace                      multicast sink              better by");
        line("subscribers        deliveries/s  CPU µs/delivery   deliveries/s  CPU µs/delivery     CPU    rate");
        for (FanOutFigures figures : result.fanOut()) {
            line(
                    "%11d  %,18.0f  %15.3f  %,13.0f  %15.3f  %5.1fx  %5.1fx",
                    figures.subscribers(),
                    figures.millrace().deliveriesPerSecond(),
                    figures.millrace().cpuMicrosPerDelivery(),
                    figures.baseline().deliveriesPerSecond(),
                    figures.baseline().cpuMicrosPerDelivery(),
                    figures.cpuRatio(),
                    figures.rateRatio());
        }
    }

    private void durable(DurableFigures durable) {
        line("");
        line("Durable node on %s, events/s          Millrace    Kafka's client    ratio", durable.fileStore());
        race("publish", durable.publish());
        race("replay", durable.replay());
    }

    private void race(String name, RaceFigures figures) {
        line(
                "%-30s %,14.0f    %,14.0f    %5.2f",
                name, figures.millraceEventsPerSecond(), figures.kafkaEventsPerSecond(), figures.ratio());
    }

    private void targets(Report report) {
        line("");
        for (Target target : report.targets()) {
            line(
                    "%-26s %8.2f   target %6.2f   %s",
                    target.name(), target.value(), target.target(), target.met() ? "met" : "MISSED");
        }
    }

    private void line(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }
}
