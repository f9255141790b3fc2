// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.DataOut;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import io.millrace.client.ConnectionListener.Retry;
import io.millrace.client.Endpoint;
import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Reason;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReconnectsTest {
    private static final Endpoint SERVER = new Endpoint("127.0.0.1", 7450);

    private final AtomicLong nanos = new AtomicLong(1);
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Reconnects reconnects = new Reconnects(
            new Console(
                    InputStream.nullInputStream(),
                    new DataOut(OutputStream.nullOutputStream()),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    Console.Terminal.NONE,
                    new Interrupts(() -> {})),
            Duration.ofSeconds(10),
            nanos::get);

    @Test
    void aServerThatIsBackInTimeIsBorneWith() {
        reconnects.onOpened("s", SERVER);
        lose();
        pass(9);
        assertThatCode(reconnects::check).doesNotThrowAnyException();
        reconnects.onOpened("s", SERVER);
        pass(100);

        assertThatCode(reconnects::check).doesNotThrowAnyException();
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void aServerThatStaysAwayIsGivenUpAfterTheTimeoutHoweverOftenItIsTried() {
        reconnects.onOpened("s", SERVER);
        lose();
        pass(6);
        lose();
        pass(5);

        assertThatThrownBy(reconnects::check)
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.UNREACHABLE))
                .hasMessageContaining("10s");
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }

    @Test
    void aStreamThatNeverOpensIsGivenUpToo() {
        pass(11);

        assertThatThrownBy(reconnects::check).isInstanceOf(CommandFailure.class);
    }

    private void lose() {
        reconnects.onRetry(new Retry(
                "s", SERVER, MillraceException.of(Reason.CONNECTION_LOST, "broke"), 1, Duration.ofMillis(100)));
    }

    private void pass(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
