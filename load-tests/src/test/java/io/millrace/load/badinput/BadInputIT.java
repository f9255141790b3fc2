// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The whole of it, small: a broker in a process of its own, every kind of input, and the client that behaves. */
class BadInputIT {
    @Test
    void whateverIsSentIsAnsweredAsDocumentedAndLeavesNothingBehind() throws Exception {
        BadInputSettings settings = new BadInputSettings(4_000, 400, 42, 2, Duration.ofSeconds(1));

        BadInputReport report = BadInput.run(settings, System.out::println);

        assertThat(report.undocumentedExamples()).isEmpty();
        assertThat(report.uncaughtExamples()).isEmpty();
        assertThat(report.goodClientFlaws()).isEmpty();
        assertThat(report.streamsLeft()).isZero();
        assertThat(report.goodClientRates())
                .hasSize(2)
                .allSatisfy(pair -> assertThat(pair.beside()).isPositive());
        assertThat(report.statuses().keySet())
                .containsAll(Rpc.all().stream().map(Rpc::name).toList())
                .anyMatch(name -> name.equals("script RAPID_RESET"));
    }

    @Test
    void anInputAndAScriptCanBeRepeatedAlone() throws Exception {
        assertThat(BadInput.repeatInput(42, 7)).contains("bytes: ");
        assertThat(BadInput.repeatScript(42, 7)).contains("closed=1");
    }
}
