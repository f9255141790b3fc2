// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BrokerLimitsTest {
    private static final BrokerLimits DEFAULTS = BrokerLimits.defaults();

    @Test
    void whatIsChangedIsChangedAndNothingElse() {
        TopicLimits topics = new TopicLimits(5, Duration.ofSeconds(6));
        BrokerLimits changed = DEFAULTS.withBatchBytes(1)
                .withRingBytes(2, 3)
                .withRingIdle(Duration.ofSeconds(4))
                .withTimes(Duration.ofSeconds(7), Duration.ofSeconds(8), Duration.ofSeconds(9), Duration.ofSeconds(10))
                .withPublishPatience(Duration.ofSeconds(11))
                .withTopics(topics);

        assertThat(changed)
                .isEqualTo(new BrokerLimits(
                        DEFAULTS.maxEventBytes(),
                        DEFAULTS.maxFrameBytes(),
                        DEFAULTS.publishWindowEvents(),
                        DEFAULTS.publishWindowBytes(),
                        1,
                        2,
                        3,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(11),
                        topics));
    }

    @Test
    void whoChangesBackHasTheDefaultsAgain() {
        assertThat(DEFAULTS.withBatchBytes(1).withBatchBytes(DEFAULTS.batchBytes()))
                .isEqualTo(DEFAULTS);
        assertThat(DEFAULTS.withRingBytes(1, 2).withRingBytes(DEFAULTS.ringMinBytes(), DEFAULTS.ringMaxBytes()))
                .isEqualTo(DEFAULTS);
    }
}
