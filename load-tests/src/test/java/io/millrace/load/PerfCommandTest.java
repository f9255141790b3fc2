// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.report.Depth;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Outcome;
import io.millrace.load.report.Report;
import io.millrace.load.report.Target;
import io.millrace.load.workload.Bench;
import io.millrace.load.workload.Workload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PerfCommandTest {
    private final StringWriter problems = new StringWriter();
    private final CommandLine program = Main.commandLine().setErr(new PrintWriter(problems, true));

    @Test
    void aRunThatMeetsEveryTargetEndsWithZeroAndAnyOtherWithEight() {
        assertThat(PerfCommand.exitCode(report(2))).isZero();
        assertThat(PerfCommand.exitCode(report(0.5))).isEqualTo(8);
    }

    @Test
    void aRunInWhichAReaderReceivedSomethingWrongHasFailed() {
        Outcome wrong = new Outcome("work", List.of(), Map.of(), List.of(), List.of("one event lost"));
        assertThat(PerfCommand.exitCode(report(wrong))).isEqualTo(1);
    }

    @Test
    void aWorkloadThatFailsIsAFlawAndTakesNothingFromTheOthers() {
        Outcome outcome = PerfCommand.run(new Failing(), new Bench(Depth.QUICK, line -> {}));

        assertThat(outcome.flaws()).containsExactly("failing: java.lang.IllegalStateException: no room");
        assertThat(PerfCommand.exitCode(report(outcome))).isEqualTo(1);
    }

    @Test
    void anUnknownWorkloadIsAUsageErrorThatNamesThoseThereAre() {
        assertThat(program.execute("perf", "fan-out")).isEqualTo(2);
        assertThat(problems.toString()).contains("'fan-out'", "fanout", "scale-topics");
    }

    @Test
    void anUnknownOptionIsAUsageError() {
        assertThat(program.execute("perf", "--quik")).isEqualTo(2);
        assertThat(problems.toString()).contains("--quik");
    }

    @Test
    void anUnknownOutputIsAUsageErrorThatNamesTheOutputsThereAre() {
        assertThat(program.execute("perf", "-o", "xml")).isEqualTo(2);
        assertThat(problems.toString().toLowerCase(Locale.ROOT)).contains("table", "json");
    }

    @Test
    void theCommandIsAskedFor() {
        assertThat(program.execute()).isEqualTo(2);
    }

    private static Report report(double value) {
        return report(new Outcome("work", List.of(Target.atLeast("ratio", value, 1)), Map.of(), List.of(), List.of()));
    }

    private static Report report(Outcome outcome) {
        return new Report(Environment.here(List.of()), Depth.FULL, 1, List.of(outcome));
    }

    private static final class Failing implements Workload {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public String about() {
            return "";
        }

        @Override
        public boolean isQuick() {
            return true;
        }

        @Override
        public Outcome run(Bench bench) {
            throw new IllegalStateException("no room");
        }
    }
}
