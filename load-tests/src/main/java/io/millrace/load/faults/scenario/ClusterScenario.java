// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.ServedBroker;
import io.millrace.load.process.Directories;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import io.millrace.localkafka.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;

/**
 * Three Kafka nodes, of which one after another is killed (kill -9) while a broker publishes and reads, and started again
 * when everything has gone on without it.
 */
final class ClusterScenario implements Scenario {
    private static final int NODES = 3;
    private static final int EVENTS_PER_SECOND = 2_000;
    private static final int EVENTS_OF_A_KILL = 100_000;
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final TopicSpec TOPIC =
            new TopicSpec(new TopicName("cluster"), 0, NODES, Map.of("min.insync.replicas", "2"));

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public String promise() {
        return "of three Kafka nodes one can be killed: all goes on within 15 s and nothing is lost; counted are kills";
    }

    @Override
    public int fullCount() {
        return 9;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Path directory = Files.createTempDirectory("millrace-cluster-");
        try (LocalCluster cluster = LocalCluster.start(directory);
                ServedBroker broker = ServedBroker.serve(
                        "broker", cluster.bootstrapServers(), settings.seed(), ProbedBrokerMain.PROGRAM)) {
            progress.say("three nodes are there");
            return run(settings, progress, cluster, broker);
        } finally {
            Directories.delete(directory);
        }
    }

    private static ScenarioOutcome run(
            ScenarioSettings settings, Progress progress, LocalCluster cluster, ServedBroker broker) {
        Failures violations = new Failures();
        int events = (settings.count() + 1) * EVENTS_OF_A_KILL;
        try (Admin admin =
                        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers()));
                SteadyLoad load = SteadyLoad.start(
                        broker.link().endpoint(),
                        TOPIC,
                        settings.seed(),
                        events,
                        EVENTS_PER_SECOND,
                        true,
                        violations)) {
            load.awaitNews("at the beginning", PATIENCE);
            long longest = 0;
            for (int kill = 0; kill < settings.count(); kill++) {
                awaitInSync(admin);
                int node = 1 + kill % NODES;
                cluster.kill(node);
                long millis = load.awaitNews("after node " + node + " was killed", PATIENCE);
                longest = Math.max(longest, millis);
                progress.say("node " + node + " was killed, all went on after " + millis + " ms");
                cluster.startAgain(node);
            }
            awaitInSync(admin);
            return outcome(settings, longest, load.finish(cluster.bootstrapServers()), violations);
        }
    }

    private static ScenarioOutcome outcome(
            ScenarioSettings settings, long longest, Verdict verdict, Failures violations) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("kills", settings.count());
        figures.put("longest_recovery_millis", longest);
        Verdicts.add(verdict, figures, violations);
        return ScenarioOutcome.of(
                figures,
                List.of(
                        Target.atMost("longest_recovery_millis", longest, RECOVERED_WITHIN.toMillis()),
                        Target.atMost("lost", verdict.lost(), 0),
                        Target.atMost("duplicated", verdict.duplicated(), 0)),
                violations);
    }

    /** Until every partition of every topic, Kafka's own too, has all of its replicas. */
    private static void awaitInSync(Admin admin) {
        if (!Patience.until(() -> isInSync(admin), PATIENCE)) {
            throw new IllegalStateException("the replicas are not in sync again");
        }
    }

    private static boolean isInSync(Admin admin) {
        try {
            Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get();
            Collection<TopicDescription> all =
                    admin.describeTopics(topics).allTopicNames().get().values();
            return all.stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition ->
                            partition.isr().size() == partition.replicas().size());
        } catch (ExecutionException e) {
            return false; // a node is just coming or going
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
