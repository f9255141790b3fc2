// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.utils.Time;

/**
 * The broker that a node was before it was started again. Where it has not taken its leave, the controller waits for it:
 * as long as its session lasts it keeps it as the leader of its partitions and lets no other take its place.
 *
 * <p>A node that starts meanwhile believes that it leads, sets about ending the transactions that a crash has cut short,
 * and loses its partitions when the session is over; and where a partition has no leader, Kafka (4.4.0,
 * {@code TransactionMarkerChannelManager}) takes it for deleted and counts the transaction as ended without having ended it
 * there. So the registration is taken back before the broker starts: it finds partitions without a leader, which it
 * becomes, and ends the transactions then. As no start waits for a session, one need not end while a node is frozen.
 */
final class FormerBroker {
    private static final String CONTROLLER = "CONTROLLER";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private FormerBroker() {}

    /** Whether a node has been started on this log directory before. */
    static boolean isIn(Path kafkaDir) {
        return Files.exists(kafkaDir.resolve("__cluster_metadata-0").resolve("quorum-state"));
    }

    /**
     * Runs the controller alone until it has taken the registration back. Waits for that.
     *
     * @throws IllegalStateException when it has not within half a minute
     */
    static void deregister(Path kafkaDir, int nodeId) throws InterruptedException {
        int port = LoopbackPort.anyFree();
        KafkaRaftServer controller =
                new KafkaRaftServer(KafkaConfig.fromProps(properties(kafkaDir, nodeId, port), false), Time.SYSTEM);
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG,
                "127.0.0.1:" + port,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100))) {
            controller.startup();
            admin.unregisterBroker(nodeId).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof BrokerIdNotRegisteredException)) {
                throw new IllegalStateException("the controller has refused to take the registration back", e);
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the controller has not taken the registration back within " + PATIENCE.toSeconds() + " s", e);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    private static Properties properties(Path kafkaDir, int nodeId, int port) {
        Properties p = new Properties();
        p.setProperty("process.roles", "controller");
        p.setProperty("node.id", Integer.toString(nodeId));
        p.setProperty("listeners", CONTROLLER + "://127.0.0.1:" + port);
        p.setProperty("listener.security.protocol.map", CONTROLLER + ":PLAINTEXT");
        p.setProperty("controller.listener.names", CONTROLLER);
        p.setProperty("controller.quorum.bootstrap.servers", "127.0.0.1:" + port);
        p.setProperty("log.dirs", kafkaDir.toString());
        return p;
    }
}
