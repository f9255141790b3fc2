// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.ServedBroker;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.localkafka.LocalKafkaSupervisor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The disk of the Kafka node is filled while a broker publishes and reads, and given room again a while after the broker
 * has said that nothing can be stored. The node ends when it cannot write, and its supervisor starts it again.
 */
final class DiskFullScenario implements Scenario {
    private static final TopicSpec TOPIC = TopicSpec.of(new TopicName("disk-full"));
    private static final long DISK_BYTES = 512L << 20;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int EVENTS_PER_SECOND = 2_000;
    private static final int EVENTS_OF_A_CYCLE = 200_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration SAID_WITHIN = Duration.ofSeconds(60);
    private static final Duration STAYS_FULL = Duration.ofSeconds(10);
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public String promise() {
        return "when Kafka's disk is full nothing is acknowledged that is not stored, the broker says so, and all goes on"
                + " when there is room; counted are times";
    }

    @Override
    public int fullCount() {
        return 5;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Optional<String> missing = SystemTools.missing("mount", "umount");
        if (missing.isPresent()) {
            return ScenarioOutcome.skipped(missing.get());
        }
        try (Mount disk = Mount.tmpfs(DISK_BYTES);
                LocalKafkaSupervisor kafka = LocalKafkaSupervisor.start(
                        LocalKafkaConfig.in(disk.directory().resolve("kafka")),
                        event -> progress.say(event.toString()));
                ServedBroker broker = ServedBroker.serve("broker", kafka.bootstrapServers(), settings.seed())) {
            return run(settings, progress, disk, kafka, broker);
        }
    }

    private static ScenarioOutcome run(
            ScenarioSettings settings, Progress progress, Mount disk, LocalKafkaSupervisor kafka, ServedBroker broker) {
        Failures violations = new Failures();
        int events = (settings.count() + 1) * EVENTS_OF_A_CYCLE;
        long longestUntilSaid = 0;
        long longestRecovery = 0;
        try (Health health = new Health(broker.link().endpoint());
                SteadyLoad load = SteadyLoad.start(
                        broker.link().endpoint(),
                        TOPIC,
                        settings.seed(),
                        events,
                        EVENTS_PER_SECOND,
                        true,
                        violations)) {
            load.awaitNews("at the beginning", PATIENCE);
            for (int time = 0; time < settings.count(); time++) {
                long filledNanos = System.nanoTime();
                Path filler = fill(disk.directory());
                if (!Patience.until(health::isPublishingAway, PATIENCE)) {
                    violations.add("the broker has not said that nothing can be stored");
                }
                longestUntilSaid = Math.max(longestUntilSaid, millisSince(filledNanos));
                Patience.pass(STAYS_FULL);
                delete(filler);
                long recovery = load.awaitNews("when there was room again", PATIENCE);
                longestRecovery = Math.max(longestRecovery, recovery);
                requireServing(health, violations);
                progress.say("full " + (time + 1) + " times, went on after " + recovery + " ms");
            }
            return outcome(
                    settings, longestUntilSaid, longestRecovery, load.finish(kafka.bootstrapServers()), violations);
        }
    }

    private static void requireServing(Health health, Failures violations) {
        if (!Patience.until(() -> health.isServing() && health.isPublishingThere(), PATIENCE)) {
            violations.add("the broker does not say that events can be stored again");
        }
    }

    /** With zeros, until there is no room. */
    private static Path fill(Path directory) {
        Path filler = directory.resolve("filler");
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream file = Files.newOutputStream(filler)) {
            for (long bytes = 0; bytes < DISK_BYTES; bytes += block.length) {
                file.write(block);
            }
        } catch (IOException full) {
            // that is what is wanted
        }
        return filler;
    }

    private static void delete(Path filler) {
        try {
            Files.delete(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    private static ScenarioOutcome outcome(
            ScenarioSettings settings,
            long longestUntilSaid,
            long longestRecovery,
            Verdict verdict,
            Failures violations) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("times_full", settings.count());
        figures.put("longest_until_said_millis", longestUntilSaid);
        figures.put("longest_recovery_millis", longestRecovery);
        Verdicts.add(verdict, figures, violations);
        return ScenarioOutcome.of(
                figures,
                List.of(
                        Target.atMost("longest_until_said_millis", longestUntilSaid, SAID_WITHIN.toMillis()),
                        Target.atMost("longest_recovery_millis", longestRecovery, RECOVERED_WITHIN.toMillis()),
                        Target.atMost("lost", verdict.lost(), 0)),
                violations);
    }
}
