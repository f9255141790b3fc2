// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TopicWatchTest {
    @Test
    @Timeout(20)
    void whoeverLooksWhileKafkaIsMuteIsToldSoInTimeAndNobodyLosesHisTopic() throws IOException {
        AtomicBoolean gone = new AtomicBoolean();
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Admin admin = admin(mute.getLocalPort());
                TopicWatch watch = new TopicWatch(() -> admin);
                TopicWatch.Registration registration =
                        watch.register(new TopicView("orders", "uid", 1), why -> gone.set(true))) {
            assertThatThrownBy(() -> watch.lookNow(Duration.ofMillis(300))).isInstanceOf(TimeoutException.class);

            assertThat(registration).isNotNull();
            assertThat(gone).isFalse();
        }
    }

    private static Admin admin(int port) {
        return Admin.create(Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "default.api.timeout.ms",
                3_000,
                "request.timeout.ms",
                3_000));
    }
}
