// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalsTest {
    @Test
    void aPausedProcessSaysNothingUntilItIsResumed() throws IOException {
        Process echo = new ProcessBuilder("cat").start();
        try (BufferedWriter to = echo.outputWriter();
                BufferedReader from = echo.inputReader()) {
            Signals.pause(echo.pid());
            to.write("hello\n");
            to.flush();
            CompletableFuture<String> heard = CompletableFuture.supplyAsync(() -> {
                try {
                    return from.readLine();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            assertThat(heard).isNotDone();
            Signals.resume(echo.pid());
            assertThat(heard.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("hello");
        } finally {
            echo.destroyForcibly();
        }
    }

    @Test
    void aProcessThatIsNotThereCannotBePaused() throws IOException {
        Process gone = new ProcessBuilder("true").start();
        gone.onExit().join();

        assertThatIllegalStateException().isThrownBy(() -> Signals.pause(gone.pid()));
    }
}
