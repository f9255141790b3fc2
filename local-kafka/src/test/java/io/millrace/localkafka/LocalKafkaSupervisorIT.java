// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a supervisor does when its node dies. Real processes. */
@Timeout(90)
class LocalKafkaSupervisorIT {
    @TempDir
    Path dataDir;

    private final BlockingQueue<LocalKafkaEvent> events = new LinkedBlockingQueue<>(100);

    @AfterEach
    void noProcessIsLeftBehind() {
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void aKilledNodeIsStartedAgainOnTheSamePortWithItsRecords() throws Exception {
        try (LocalKafkaSupervisor kafka = LocalKafkaSupervisor.start(LocalKafkaConfig.in(dataDir), events::add)) {
            var client = new KafkaClient(kafka.bootstrapServers());
            client.createOrders();
            List<String> acknowledged = client.publish(100);
            long killed = kafka.pid();
            next(LocalKafkaEvent.Ready.class);

            kill(killed);

            LocalKafkaEvent.Died death = next(LocalKafkaEvent.Died.class);
            assertThat(death.pid()).isEqualTo(killed);
            assertThat(death.exitCode()).isEqualTo(137);
            LocalKafkaEvent.Ready recovery = next(LocalKafkaEvent.Ready.class);
            assertThat(recovery.pid()).isNotEqualTo(killed);
            assertThat(recovery.bootstrapServers()).isEqualTo(kafka.bootstrapServers());
            assertThat(client.readAll()).isEqualTo(acknowledged);
        }
    }

    @Test
    void closingWhileANodeIsStartedAgainLeavesNothingBehind() throws Exception {
        try (LocalKafkaSupervisor kafka = LocalKafkaSupervisor.start(LocalKafkaConfig.in(dataDir), events::add)) {
            next(LocalKafkaEvent.Ready.class);
            kill(kafka.pid());
            next(LocalKafkaEvent.Starting.class);
        }
        assertThat(events).isEmpty();
    }

    private <E extends LocalKafkaEvent> E next(Class<E> kind) throws InterruptedException {
        while (true) {
            LocalKafkaEvent event = events.poll(60, TimeUnit.SECONDS);
            assertThat(event).as("an event before the time is over").isNotNull();
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }
}
