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
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The file system of the Kafka node is shut down under it, so that only what had been forced to the disk is left, again
 * and again while a broker publishes; what had been acknowledged must be there.
 */
final class PowerFailureScenario implements Scenario {
    private static final TopicSpec TOPIC = TopicSpec.of(new TopicName("power-failure"));
    private static final long DISK_BYTES = 6L << 30;
    private static final int EVENTS_PER_SECOND = 15_000;

    /** Acknowledged from one failure to the next, so that all of them make two million. */
    private static final int EVENTS_OF_A_CYCLE = 100_000;

    private static final Duration CYCLE_PATIENCE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "power-failure";
    }

    @Override
    public String promise() {
        return "what Kafka's node has acknowledged is there after a power failure; counted are failures, with 100,000"
                + " events each";
    }

    @Override
    public int fullCount() {
        return 20;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Optional<String> missing = SystemTools.missing("mount", "umount", "losetup", "mkfs.ext4")
                .or(() -> SystemTools.missing("python3").flatMap(python -> SystemTools.missing("perl")));
        if (missing.isPresent()) {
            return ScenarioOutcome.skipped(missing.get());
        }
        try (Mount disk = Mount.ext4(DISK_BYTES)) {
            return run(settings, progress, disk);
        }
    }

    private static ScenarioOutcome run(ScenarioSettings settings, Progress progress, Mount disk) {
        LocalKafkaConfig config =
                LocalKafkaConfig.in(disk.directory().resolve("kafka")).withDurable(!settings.fast());
        KafkaNode kafka = KafkaNode.start(config);
        try (ServedBroker broker = ServedBroker.serve("broker", kafka.bootstrapServers(), settings.seed())) {
            return fail(settings, progress, disk, kafka, broker);
        } finally {
            kafka.kill();
        }
    }

    private static ScenarioOutcome fail(
            ScenarioSettings settings, Progress progress, Mount disk, KafkaNode kafka, ServedBroker broker) {
        Failures violations = new Failures();
        int events = (settings.count() + 1) * EVENTS_OF_A_CYCLE;
        try (SteadyLoad load = SteadyLoad.start(
                broker.link().endpoint(), TOPIC, settings.seed(), events, EVENTS_PER_SECOND, false, violations)) {
            for (int cycle = 0; cycle < settings.count(); cycle++) {
                long wanted = load.acknowledged() + EVENTS_OF_A_CYCLE;
                if (!Patience.until(() -> load.acknowledged() >= wanted, CYCLE_PATIENCE)) {
                    violations.add("cycle " + cycle + ": publishing did not go on");
                }
                disk.shutDown();
                kafka.kill();
                disk.mountAgain();
                kafka.startAgain();
                load.awaitNews("after the power failed", PATIENCE);
                progress.say(cycle + 1 + " of " + settings.count() + " failures, " + load.acknowledged()
                        + " events acknowledged");
            }
            return outcome(settings, load.finish(kafka.bootstrapServers()), violations);
        }
    }

    private static ScenarioOutcome outcome(ScenarioSettings settings, Verdict verdict, Failures violations) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("failures", settings.count());
        figures.put("fast", settings.fast());
        Target acked = Target.atLeast("acked", verdict.acked(), (double) settings.count() * EVENTS_OF_A_CYCLE);
        if (settings.fast()) {
            Verdicts.addFigures(verdict, figures);
            return new ScenarioOutcome(figures, List.of(acked), 0, List.of(), List.of());
        }
        Verdicts.add(verdict, figures, violations);
        return ScenarioOutcome.of(figures, List.of(acked, Target.atMost("lost", verdict.lost(), 0)), violations);
    }
}
