// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.loop;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamTimersTest {
    private final DefaultEventLoop loop = new DefaultEventLoop();

    @AfterEach
    void close() {
        loop.shutdownGracefully();
    }

    @Test
    void aReadMayEndInTheLastYearThatATimestampHas() {
        Duration delay = Duration.between(Instant.now(), Instant.parse("9999-12-31T23:59:59Z"));
        StreamTimers timers = new StreamTimers(loop);

        assertThatCode(() -> timers.once(delay, () -> {})).doesNotThrowAnyException();
        timers.cancelAll();
    }
}
