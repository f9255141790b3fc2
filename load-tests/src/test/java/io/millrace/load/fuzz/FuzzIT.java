// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each target for a few seconds, and whether the fuzzer finds what there is to find. */
class FuzzIT {
    private static final long SEED = 20_261_130;

    @ParameterizedTest
    @EnumSource
    void nothingThatIsReadFromStrangersBreaksAnything(FuzzTarget target) throws IOException {
        FuzzOutcome outcome = FuzzRun.fuzz(target, Duration.ofSeconds(3), SEED);

        System.out.println("Fuzzing: " + outcome);
        assertThat(outcome.finding()).isEmpty();
        assertThat(outcome.inputs()).isPositive();
        assertThat(outcome.coverage()).isPositive();
    }

    @Test
    void aFaultIsFoundAndNamedWithTheInputThatShowsIt() throws IOException {
        FuzzOutcome outcome = FuzzRun.run(TrapTarget.class, "trap", List.of(), Duration.ofSeconds(60), SEED);

        assertThat(outcome.isClean()).isFalse();
        assertThat(outcome.finding()).contains("IllegalStateException", "trapped");
        assertThat(new String(Base64.getDecoder().decode(outcome.input()), StandardCharsets.UTF_8))
                .startsWith("a trap");
    }
}
