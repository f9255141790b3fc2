// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ReplayPaceTest {
    private static final double START = 48e6;
    private static final long PROBE_NANOS = 5_000_000;
    private static final int PROBES_PER_WINDOW = 40;
    private static final int BATCH = 32_000;

    private long now = -5_000_000_000L;
    private final ReplayPace pace = new ReplayPace(() -> now);

    @Test
    void itIsKeptByPauses() {
        long began = now;
        long sent = 0;
        while (sent < START) {
            now += pace.spend(BATCH);
            sent += BATCH;
        }

        assertThat((now - began) / 1e9)
                .as("seconds for a second's bytes, less the burst")
                .isCloseTo(1, within(0.02));
    }

    @Test
    void itGoesDownWhileTimersAreLateAndUpAgainWhenTheyAreNot() {
        window(true, 0.5, 32_000_000);
        assertThat(pace.bytesPerSecond()).isCloseTo(0.8 * START, within(1.0));

        for (int i = 0; i < 100; i++) {
            window(true, 0.5, 32_000_000);
        }
        assertThat(pace.bytesPerSecond()).as("never below").isEqualTo(32e6);

        window(true, 0.05, 32_000_000);
        assertThat(pace.bytesPerSecond()).isCloseTo(1.1 * 32e6, within(1.0));
    }

    @Test
    void whatNobodyMakesUseOfDoesNotGrow() {
        for (int i = 0; i < 100; i++) {
            window(true, 0, 1_000);
        }
        assertThat(pace.bytesPerSecond()).isEqualTo(START);
    }

    @Test
    void thereIsNoBoundWhileNobodyIsServedLive() {
        for (int i = 0; i < 5; i++) {
            assertThat(pace.bytesPerSecond()).isFinite();
            window(false, 0.5, 1_000_000);
        }
        assertThat(pace.bytesPerSecond()).isInfinite();
        assertThat(pace.spend(Integer.MAX_VALUE)).isZero();

        window(true, 0.5, 1_000_000);
        assertThat(pace.bytesPerSecond()).as("somebody is again").isEqualTo(0.8 * START);
        assertThat(pace.spend(Integer.MAX_VALUE)).isPositive();
    }

    @Test
    void aLoopIsProbedOnlyWhileItReplays() throws InterruptedException {
        ReplayPace real = new ReplayPace();
        DefaultEventLoop loop = new DefaultEventLoop();
        try {
            for (int i = 0; i < 3; i++) {
                loop.execute(() -> real.spend(loop, BATCH));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> loop.submit(loop::pendingTasks).get() == 0 && !real.isProbed(loop));
            }
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        }
    }

    private void window(boolean servedLive, double late, int bytes) {
        if (servedLive) {
            pace.servedLive();
        }
        pace.spend(bytes);
        for (int i = 0; i < PROBES_PER_WINDOW; i++) {
            now += PROBE_NANOS;
            pace.probed(i < late * PROBES_PER_WINDOW ? 600_000 : 100_000);
        }
    }
}
