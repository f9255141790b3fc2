// SPDX-License-Identifier: Apache-2.0
package io.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.load.badinput.BadInputReport;
import io.millrace.load.report.Target;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BadInputCommandTest {
    private final StringWriter problems = new StringWriter();
    private final CommandLine program = Main.commandLine().setErr(new PrintWriter(problems, true));

    @Test
    void aRunThatMeetsEveryTargetEndsWithZeroAndAnyOtherWithEight() {
        assertThat(BadInputCommand.exitCode(report(0))).isZero();
        assertThat(BadInputCommand.exitCode(report(1))).isEqualTo(8);
    }

    @Test
    void fewerThanNoInputsAreAUsageError() {
        assertThat(program.execute("bad-input", "--inputs", "-1")).isEqualTo(2);
        assertThat(problems.toString()).contains("--inputs");
    }

    @Test
    void anIndexThatIsNoneIsAUsageErrorThatShowsOne() {
        assertThat(program.execute("bad-input", "--only", "first")).isEqualTo(2);
        assertThat(problems.toString()).contains("such as s7");
    }

    @Test
    void anUnknownOptionIsAUsageError() {
        assertThat(program.execute("bad-input", "--sed", "1")).isEqualTo(2);
        assertThat(problems.toString()).contains("--sed");
    }

    @Test
    void theReportIsOneLineOfJsonAndTellsWhatWasMissed() {
        assertThat(report(1).toJson())
                .contains("\"undocumented\":1", "\"met\":false")
                .doesNotContain("\n");
        assertThat(report(1).toText()).contains("MISSED", "a.B/C");
    }

    private static BadInputReport report(long undocumented) {
        return new BadInputReport(
                1,
                10,
                10,
                1,
                Map.of("a.B/C", Map.of("OK", 10L)),
                Map.of(),
                undocumented,
                List.of(),
                0,
                List.of(),
                100,
                50,
                200,
                0,
                0,
                List.of(new BadInputReport.Pair(100, 90)),
                0.9,
                List.of(),
                List.of(Target.atMost("undocumented", undocumented, 0)));
    }
}
