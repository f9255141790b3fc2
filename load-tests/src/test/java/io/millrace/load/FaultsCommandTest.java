// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.check.Verdict;
import io.millrace.load.faults.FaultOutcome;
import io.millrace.load.faults.FaultReport;
import io.millrace.load.report.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FaultsCommandTest {
    private final StringWriter problems = new StringWriter();
    private final CommandLine program = Main.commandLine().setErr(new PrintWriter(problems, true));

    @Test
    void aRunInWhichNothingIsWrongEndsWithZeroAndAnyOtherWithEight() {
        assertThat(FaultsCommand.exitCode(report(0, 0))).isZero();
        assertThat(FaultsCommand.exitCode(report(1, 0))).isEqualTo(8);
        assertThat(FaultsCommand.exitCode(report(0, 1))).isEqualTo(8);
    }

    @Test
    void howMuchIsAskedFor() {
        assertThat(program.execute("faults")).isEqualTo(2);
        assertThat(problems.toString()).contains("--smoke", "--full");
    }

    @Test
    void smokeAndFullAreTwoThings() {
        assertThat(program.execute("faults", "--smoke", "--full")).isEqualTo(2);
        assertThat(problems.toString()).contains("mutually exclusive");
    }

    @Test
    void seedsAreOneOrMore() {
        assertThat(program.execute("faults", "--seeds", "0")).isEqualTo(2);
        assertThat(problems.toString()).contains("--seeds is 1 or more");
    }

    @Test
    void aSeedIsANumber() {
        assertThat(program.execute("faults", "--smoke", "--seed", "x")).isEqualTo(2);
        assertThat(problems.toString()).contains("--seed");
    }

    @Test
    void anUnknownOutputIsAUsageErrorThatNamesTheOutputsThereAre() {
        assertThat(program.execute("faults", "--smoke", "-o", "xml")).isEqualTo(2);
        assertThat(problems.toString().toLowerCase(Locale.ROOT)).contains("text", "json");
    }

    @Test
    void restartsHaveANumberAndATime() {
        assertThat(program.execute("faults", "--rolling", "0")).isEqualTo(2);
        assertThat(program.execute("faults", "--rolling", "3", "--every", "soon"))
                .isEqualTo(2);
        assertThat(problems.toString()).contains("'soon' is no time");
        assertThat(program.execute("faults", "--rolling", "3", "--smoke")).isEqualTo(2);
        assertThat(program.execute("faults", "--smoke", "--every", "20s")).isEqualTo(2);
        assertThat(problems.toString()).contains("--every means nothing without --rolling");
    }

    @Test
    void scenariosHaveNamesAndOptionsOfTheirOwn() {
        assertThat(program.execute("faults", "--scenario", "none")).isEqualTo(2);
        assertThat(problems.toString()).contains("there is no scenario 'none' but", "cursors");
        assertThat(program.execute("faults", "--scenario", "cursors", "--smoke"))
                .isEqualTo(2);
        assertThat(program.execute("faults", "--scenario", "cursors", "--count", "0"))
                .isEqualTo(2);
        assertThat(program.execute("faults", "--scenario", "cursors", "--every", "20s"))
                .isEqualTo(2);
        assertThat(program.execute("faults", "--smoke", "--count", "3")).isEqualTo(2);
        assertThat(problems.toString()).contains("mean nothing without --scenario");
    }

    @Test
    void anUnknownOptionIsAUsageError() {
        assertThat(program.execute("faults", "--smok")).isEqualTo(2);
        assertThat(problems.toString()).contains("--smok");
    }

    private static FaultReport report(long lost, long stalled) {
        Verdict verdict = new Verdict(1, 1, 1, 0, 0, 0, lost, 0, 0, 0, 0, 0, List.of());
        FaultOutcome outcome = new FaultOutcome(1, false, List.of(), verdict, 1, 1, 0, 0, stalled, 0, List.of(), 1);
        return new FaultReport(Environment.here(List.of()), List.of(outcome));
    }
}
