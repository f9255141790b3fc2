// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.localkafka.testing.QuietLogs;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What has to hold inside the JVM of the node. */
@Timeout(90)
class KRaftNodeIT {
    @TempDir
    Path dataDir;

    @BeforeEach
    void staysAlive() {
        QuietLogs.install();
        KRaftNode.surviveFatalErrors(status -> {});
    }

    @Test
    void aStartThatFailsInsideKafkaLeavesNoThreadThatKeepsTheJvmAlive() throws Exception {
        Path kafkaDir = dataDir.resolve("kafka");
        KRaftNode.format(kafkaDir);
        Set<Thread> before = threadsThatKeepTheJvmAlive();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Throwable failure = catchThrowable(() -> KRaftNode.start(kafkaDir, taken.getLocalPort(), true));

            assertThat(KRaftNode.isPortTaken(failure)).isTrue();
        }
        await().pollInSameThread().untilAsserted(() -> assertThat(before).containsAll(threadsThatKeepTheJvmAlive()));
    }

    @Test
    void aFormatThatWasInterruptedIsDoneAgain() throws Exception {
        Path kafkaDir = dataDir.resolve("kafka");
        Path unfinished = Files.createDirectories(dataDir.resolve("kafka.unfinished/__cluster_metadata-0"));
        Files.writeString(unfinished.resolve("half"), "a file");

        assertThat(KRaftNode.isUnformatted(kafkaDir)).isTrue();
        KRaftNode.format(kafkaDir);

        assertThat(KRaftNode.isUnformatted(kafkaDir)).isFalse();
        assertThat(dataDir.resolve("kafka.unfinished")).doesNotExist();
        assertThat(kafkaDir.resolve("__cluster_metadata-0/half")).doesNotExist();
    }

    private static Set<Thread> threadsThatKeepTheJvmAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !thread.isDaemon())
                .collect(Collectors.toSet());
    }
}
