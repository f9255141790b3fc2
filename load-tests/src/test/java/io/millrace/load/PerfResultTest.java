// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.durable.DurableFigures;
import io.millrace.load.durable.RaceFigures;
import io.millrace.load.fanout.FanOutFigures;
import io.millrace.load.fanout.FanOutFigures.Side;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Report;
import io.millrace.load.report.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PerfResultTest {
    private final PerfResult result = new PerfResult(
            List.of(fanOut(10, 30), fanOut(100, 14.9)), new DurableFigures("ext4", race(0.7), race(0.4)));

    @Test
    void theTargetsAreTheRatiosAtOneHundredSubscribersAndOnTheNode() {
        List<Target> targets = result.targets(PerfSettings.full());
        assertThat(targets)
                .containsExactly(
                        new Target("fan_out_100_cpu_ratio", 14.9, 25),
                        new Target("publish_ratio", 0.7, 0.5),
                        new Target("replay_ratio", 0.4, 0.5));
        assertThat(targets).extracting(Target::met).containsExactly(false, true, false);
    }

    @Test
    void aQuickRunJudgesByFloors() {
        assertThat(result.targets(PerfSettings.quick()))
                .extracting(Target::target)
                .containsExactly(15.0, 0.25, 0.2);
    }

    @Test
    void theObjectHasTheRawFiguresOfEveryPart() {
        JsonNode json = JsonMapper.shared().readTree(report().toJson());

        assertThat(json.at("/raw/fan_out/1/subscribers").intValue()).isEqualTo(100);
        assertThat(json.at("/raw/fan_out/1/millrace/cpu_micros_per_delivery").doubleValue())
                .isEqualTo(0.1);
        assertThat(json.at("/raw/fan_out/1/baseline/deliveries_per_second").doubleValue())
                .isEqualTo(1000);
        assertThat(json.at("/raw/durable/publish/kafka_events_per_second").doubleValue())
                .isEqualTo(2000);
        assertThat(json.at("/raw/durable/replay/ratio").doubleValue()).isEqualTo(0.4);
        assertThat(json.at("/settings/fan_out/pairs").intValue()).isGreaterThanOrEqualTo(5);
        assertThat(json.at("/settings/durable/warm_up").isMissingNode()).isFalse();
    }

    @Test
    void theTableHasALineForEachFigureAndSaysWhatWasMissed() {
        String table = PerfTable.of(report(), result);

        assertThat(table.lines())
                .anyMatch(line -> line.matches(" +100 .*14\\.9x.*"))
                .anyMatch(line -> line.matches("publish .*0\\.70"))
                .anyMatch(line -> line.matches("replay_ratio .*MISSED"))
                .anyMatch(line -> line.matches("publish_ratio .*met"));
    }

    private Report report() {
        return new Report(
                Environment.here(List.of()), PerfSettings.full(), result.targets(PerfSettings.full()), result);
    }

    private static FanOutFigures fanOut(int subscribers, double cpuRatio) {
        return new FanOutFigures(
                subscribers, new Side(1000, 0.1, 100), new Side(1000, 1.49, 1), cpuRatio, 1, 0, List.of());
    }

    private static RaceFigures race(double ratio) {
        return new RaceFigures(1000, 2000 * ratio, 2000, ratio, List.of());
    }
}
