// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Broker;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.load.faults.RollingBrokers;
import io.millrace.load.faults.RollingOutcome;
import io.millrace.load.faults.RollingRun;
import io.millrace.load.faults.RollingSettings;
import io.millrace.localkafka.testing.KafkaFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two brokers are restarted in turn while publishers, with a name and without, and subscribers use them. */
class RollingRestartIT {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final int RESTARTS = 4;
    private static final int EVENTS_PER_SECOND = 4_000;

    @Test
    void nobodyLosesRepeatsReordersOrNoticesAnything() throws IOException {
        RollingSettings settings =
                new RollingSettings(20_261_126, RESTARTS, Duration.ofMillis(2_500), EVENTS_PER_SECOND);
        try (BrokersHere brokers = new BrokersHere(KAFKA.bootstrapServers())) {
            RollingOutcome outcome = RollingRun.run(settings, brokers, System.out::println);
            System.out.println(outcome);

            assertThat(outcome.errorExamples()).isEmpty();
            assertThat(outcome.verdict().examples()).isEmpty();
            assertThat(outcome.verdict().violations()).isZero();
            assertThat(outcome.verdict().repeatedWithoutIdentity()).isZero();
            assertThat(outcome.verdict().acked()).isGreaterThan(EVENTS_PER_SECOND);
            assertThat(outcome.drainMillis()).hasSize(2 * RESTARTS).allMatch(millis -> millis < 10_000);
            assertThat(outcome.moves()).isGreaterThanOrEqualTo(RESTARTS);
            assertThat(outcome.disconnects()).isZero();
            assertThat(outcome.isClean()).isTrue();
        }
    }

    /** In this process, each with a log of its own on the same port as before. */
    private static final class BrokersHere implements RollingBrokers {
        private final String kafka;
        private final KafkaEventLog[] logs = new KafkaEventLog[COUNT];
        private final Broker[] brokers = new Broker[COUNT];
        private final int[] ports = new int[COUNT];

        BrokersHere(String kafka) {
            this.kafka = kafka;
            for (int broker = 0; broker < COUNT; broker++) {
                start(broker);
            }
        }

        @Override
        public String bootstrapServers() {
            return kafka;
        }

        @Override
        public String endpoint(int broker) {
            return "127.0.0.1:" + ports[broker];
        }

        @Override
        public void stop(int broker) {
            brokers[broker].close();
            logs[broker].close();
        }

        @Override
        public void start(int broker) {
            try {
                logs[broker] = KafkaEventLog.connect(KafkaLogConfig.of(kafka));
                brokers[broker] =
                        Broker.builder().log(logs[broker]).port(ports[broker]).start();
                ports[broker] = brokers[broker].port();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            for (int broker = 0; broker < COUNT; broker++) {
                stop(broker);
            }
        }
    }
}
