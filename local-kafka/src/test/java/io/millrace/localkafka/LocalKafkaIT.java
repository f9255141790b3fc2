// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node does when it is started, stopped, killed, and started where it should not be. Real processes. */
@Timeout(90)
class LocalKafkaIT {
    @TempDir
    Path dataDir;

    @AfterEach
    void noProcessIsLeftBehind() {
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void aNewDirectoryIsFormattedAndTellsHowFarItIs() {
        var events = new ConcurrentLinkedQueue<LocalKafkaEvent>();
        try (LocalKafka node = LocalKafka.start(config(), events::add)) {
            assertThat(node.isAlive()).isTrue();
            assertThat(node.bootstrapServers()).isEqualTo("127.0.0.1:" + node.port());
            assertThat(events)
                    .extracting(LocalKafkaEvent::getClass)
                    .containsExactly(
                            LocalKafkaEvent.Formatting.class,
                            LocalKafkaEvent.Starting.class,
                            LocalKafkaEvent.Ready.class);
            assertThat(config().logFile()).content().contains("Kafka Server started");
        }
    }

    @Test
    void aStoppedNodeStartsAgainWithAllItsRecords() throws Exception {
        List<String> acknowledged;
        LocalKafka first = LocalKafka.start(config());
        try (first) {
            new KafkaClient(first.bootstrapServers()).createOrders();
            acknowledged = new KafkaClient(first.bootstrapServers()).publish(1_000);
        }
        assertThat(first.onExit()).isCompletedWithValue(0);

        try (LocalKafka second = LocalKafka.start(config())) {
            assertThat(new KafkaClient(second.bootstrapServers()).readAll()).isEqualTo(acknowledged);
        }
    }

    @Test
    void aCleanStopTakesLessThanTenSecondsAndLeavesNothingToRecover() {
        LocalKafka node = LocalKafka.start(config());

        long beganNanos = System.nanoTime();
        node.close();
        Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);

        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(node.isAlive()).isFalse();
        assertThat(dataDir.resolve("kafka/.kafka_cleanshutdown")).exists();
    }

    @Test
    void aKilledNodeStartsAgainWithEveryAcknowledgedRecord() throws Exception {
        List<String> acknowledged;
        try (LocalKafka first = LocalKafka.start(config())) {
            new KafkaClient(first.bootstrapServers()).createOrders();
            acknowledged = new KafkaClient(first.bootstrapServers()).publish(5_000);
            kill(first.pid());
            assertThat(first.onExit()).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(137);
        }
        try (LocalKafka second = LocalKafka.start(config())) {
            assertThat(new KafkaClient(second.bootstrapServers()).readAll()).isEqualTo(acknowledged);
        }
    }

    /** Kafka aborts it itself, as soon as its time is up; the node is down by then. */
    @Test
    void aTransactionThatAKilledNodeHadUnderWayIsAbortedWhereItHadWritten() throws Exception {
        try (LocalKafka first = LocalKafka.start(config())) {
            var client = new KafkaClient(first.bootstrapServers());
            client.createOrders();
            var abandoned = client.beginTransaction("orders-writer", List.of("1", "2"));
            kill(first.pid());
            assertThat(first.onExit()).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(137);
            abandoned.close(Duration.ZERO);
        }
        try (LocalKafka second = LocalKafka.start(config())) {
            var client = new KafkaClient(second.bootstrapServers());
            await().atMost(Duration.ofSeconds(20)).until(client::hasNothingUnderWay);
            try (var next = client.beginTransaction("orders-writer", List.of("3"))) {
                next.commitTransaction();
            }
            await().until(client::hasNothingUnderWay);
            assertThat(client.readCommitted()).containsExactly("3");
        }
    }

    @Test
    void aNodeEndsWithItsParentAndKeepsItsLogToItself() throws Exception {
        Process parent = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TinyParent.class.getName(),
                        dataDir.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = parent.inputReader()) {
            ProcessHandle node =
                    ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();

            kill(parent.pid());

            await().atMost(Duration.ofSeconds(20)).until(() -> !node.isAlive());
            assertThat(output.lines()).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void controlCInTheTerminalLeavesTheEndOfTheNodeToItsParent() throws Exception {
        LocalKafka node = LocalKafka.start(config());
        try (node) {
            new ProcessBuilder("kill", "-INT", Long.toString(node.pid()))
                    .start()
                    .waitFor();
            new KafkaClient(node.bootstrapServers()).createOrders();
        }
        assertThat(node.onExit()).isCompletedWithValue(0);
    }

    @Test
    void aTerminatedNodeStopsCleanlyToo() {
        try (LocalKafka node = LocalKafka.start(config())) {
            ProcessHandle.of(node.pid()).orElseThrow().destroy();

            assertThat(node.onExit()).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(143);
            assertThat(dataDir.resolve("kafka/.kafka_cleanshutdown")).exists();
        }
    }

    @Test
    void aSecondNodeOnTheDirectoryIsRefusedAndTheFirstIsUnharmed() throws Exception {
        try (LocalKafka first = LocalKafka.start(config())) {
            new KafkaClient(first.bootstrapServers()).createOrders();

            StartRefusal refusal = refusalOf(config().withLockTimeout(Duration.ofMillis(200)));

            assertThat(refusal)
                    .isEqualTo(new StartRefusal.DirectoryInUse(dataDir, "pid " + first.pid(), Duration.ofMillis(200)));
            assertThat(refusal.reason()).contains(dataDir.toString(), "pid " + first.pid());
            List<String> acknowledged = new KafkaClient(first.bootstrapServers()).publish(10);
            assertThat(new KafkaClient(first.bootstrapServers()).readAll()).isEqualTo(acknowledged);
        }
    }

    @Test
    void aStartWaitsUntilTheNodeBeforeItHasLeft() throws Exception {
        var waiting = new CountDownLatch(1);
        CompletableFuture<LocalKafka> second;
        try (LocalKafka first = LocalKafka.start(config())) {
            second = CompletableFuture.supplyAsync(() -> LocalKafka.start(config(), event -> {
                if (event.equals(new LocalKafkaEvent.WaitingForDirectory(dataDir, "pid " + first.pid()))) {
                    waiting.countDown();
                }
            }));
            waiting.await();
            assertThat(second).isNotDone();
        }
        try (LocalKafka node = second.get()) {
            assertThat(node.isAlive()).isTrue();
        }
    }

    @Test
    void aTakenPortIsNamedAndNothingIsLeftBehind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            StartRefusal refusal = refusalOf(config().withKafkaPort(taken.getLocalPort()));

            assertThat(refusal).isEqualTo(new StartRefusal.PortTaken(taken.getLocalPort()));
            assertThat(refusal.reason()).contains("port " + taken.getLocalPort(), "choose another port");
            DirectoryLock.acquire(dataDir, Duration.ofMillis(1), holder -> {}).close();
        }
    }

    @Test
    void aStartThatTakesTooLongIsGivenUp() {
        StartRefusal refusal = refusalOf(config().withStartTimeout(Duration.ofMillis(100)));

        assertThat(refusal).isEqualTo(new StartRefusal.TimedOut(Duration.ofMillis(100), config().logFile()));
    }

    @Test
    void anInterruptedStartIsGivenUp() {
        Thread.currentThread().interrupt();

        assertThat(refusalOf(config())).isEqualTo(new StartRefusal.Interrupted());
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aDirectoryWithSomethingElseInItIsLeftAlone() throws Exception {
        Path somebodysFile = Files.createDirectories(dataDir.resolve("kafka")).resolve("thesis.txt");
        Files.writeString(somebodysFile, "years of work");

        assertThat(refusalOf(config()).reason())
                .contains("DirectoryNotEmpty", dataDir.resolve("kafka").toString());

        assertThat(somebodysFile).hasContent("years of work");
    }

    @Test
    void aChildThatCannotRunSaysWhatTheVirtualMachineSaid() {
        LocalKafkaConfig tooMuch = config().withHeapMebibytes(Integer.MAX_VALUE);

        assertThatThrownBy(() -> LocalKafka.start(tooMuch))
                .isInstanceOf(LocalKafkaException.class)
                .hasMessageContaining("heap");
    }

    @Test
    void aDurableNodeForcesEveryBatchOfEveryTopicToTheDisk() throws Exception {
        try (LocalKafka node = LocalKafka.start(config())) {
            var client = new KafkaClient(node.bootstrapServers());
            assertThat(client.brokerConfig("log.flush.interval.messages")).isEqualTo("1");
            assertThat(client.transactionTopicConfig("flush.messages")).isEqualTo("1");
        }
    }

    @Test
    void aFastNodeLeavesItToTheOperatingSystem() throws Exception {
        try (LocalKafka node = LocalKafka.start(config().withDurable(false))) {
            assertThat(new KafkaClient(node.bootstrapServers()).brokerConfig("log.flush.interval.messages"))
                    .isEqualTo(Long.toString(Long.MAX_VALUE));
        }
    }

    private LocalKafkaConfig config() {
        return LocalKafkaConfig.in(dataDir);
    }

    private static StartRefusal refusalOf(LocalKafkaConfig config) {
        return catchThrowableOfType(
                        LocalKafkaException.class,
                        () -> LocalKafka.start(config).close())
                .refusal();
    }

    /** As {@code kill -9} does. */
    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }
}
