// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.exit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void aRefusalKeepsItsSentenceAndItsCodeDecides() {
        CommandFailure failure =
                Failures.of(Refusal.offsetOutOfRange("t/0", 9, 0, 3).asException());

        assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(failure.sentence()).contains("offset 9").contains("0..3");
    }

    @Test
    void whatWrapsAFailureIsTakenOff() {
        Throwable wrapped = new CompletionException(MillraceException.of(Reason.CONNECTION_LOST, "the wire broke"));

        assertThat(Failures.of(wrapped).exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(Failures.of(wrapped).sentence()).startsWith("the wire broke. ");
    }

    @Test
    void aFailureOfTheCommandItselfStaysWhatItIs() {
        CommandFailure failure = CommandFailure.usage("no");

        assertThat(Failures.of(failure)).isSameAs(failure);
    }

    @Test
    void timeInputAndFaultsHaveTheirCodes() {
        assertThat(Failures.of(new TimeoutException()).exitCode()).isEqualTo(ExitCode.DEADLINE);
        assertThat(Failures.of(new UncheckedIOException(new IOException("disk full")))
                        .exitCode())
                .isEqualTo(ExitCode.FAILURE);
        assertThat(Failures.of(new IllegalStateException("bug")).sentence()).contains("a fault of millrace itself");
    }
}
