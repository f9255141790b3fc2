// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Real processes and real faults, only fewer than in a smoke run. */
class FaultRunIT {
    /** Whose first faults need no new process: brokers' connections to Kafka, a reset, a pause, a half-open link. */
    private static final long SEED = 67;

    private static final int FAULTS = 4;
    private static final int EVENTS = 60_000;
    private static final int EVENTS_PER_SECOND = 4_000;

    @Test
    void everyEventIsThereOnceAndInOrderAfterAFewFaults() throws IOException {
        FaultOutcome outcome =
                FaultRun.run(new FaultSettings(SEED, EVENTS, FAULTS, EVENTS_PER_SECOND, false), System.out::println);

        assertThat(outcome.verdict().examples()).isEmpty();
        assertThat(outcome.failureExamples()).isEmpty();
        assertThat(outcome.isClean()).isTrue();
        assertThat(outcome.injected()).hasSize(FAULTS);
        assertThat(outcome.verdict().acked()).isGreaterThanOrEqualTo(EVENTS);
        assertThat(outcome.verdict().read()).isGreaterThan(EVENTS);
        assertThat(outcome.handovers()).isPositive();
    }
}
