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
import io.millrace.localkafka.LocalKafkaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kafka is away while a broker publishes and reads: it stands still (SIGSTOP), or its process has ended, in turn. The
 * broker stays, says so, and goes on by itself.
 */
final class KafkaStoppedScenario implements Scenario {
    private static final TopicSpec TOPIC = TopicSpec.of(new TopicName("kafka-stopped"));
    private static final int EVENTS_PER_SECOND = 1_000;
    private static final int LEAST_EVENTS = 500_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "kafka-stopped";
    }

    @Override
    public String promise() {
        return "a broker outlives Kafka's being away for as long as --for says, tells of it, goes on by itself, and"
                + " nothing is lost; counted are times";
    }

    @Override
    public int fullCount() {
        return 2;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Path directory = Files.createTempDirectory("millrace-stopped-");
        try (KafkaNode kafka = KafkaNode.start(LocalKafkaConfig.in(directory));
                ServedBroker broker = ServedBroker.serve("broker", kafka.bootstrapServers(), settings.seed())) {
            return run(settings, progress, kafka, broker);
        } finally {
            Directories.delete(directory);
        }
    }

    private static ScenarioOutcome run(
            ScenarioSettings settings, Progress progress, KafkaNode kafka, ServedBroker broker) {
        Failures violations = new Failures();
        long longest = 0;
        try (Health health = new Health(broker.link().endpoint());
                SteadyLoad load = SteadyLoad.start(
                        broker.link().endpoint(),
                        TOPIC,
                        settings.seed(),
                        mostEvents(settings),
                        EVENTS_PER_SECOND,
                        true,
                        violations)) {
            load.awaitNews("at the beginning", PATIENCE);
            for (int time = 0; time < settings.count(); time++) {
                boolean standsStill = time % 2 == 0;
                leave(kafka, standsStill);
                stayAway(settings.lasts(), health, violations);
                comeBack(kafka, standsStill);
                long recovery = load.awaitNews("when Kafka was back", PATIENCE);
                longest = Math.max(longest, recovery);
                progress.say("away " + (time + 1) + " times for "
                        + settings.lasts().toSeconds() + " s, all went on after " + recovery + " ms");
            }
            if (!Patience.until(health::isPublishingThere, PATIENCE)) {
                violations.add("the broker does not say that events can be stored again");
            }
            return outcome(settings, longest, load.finish(kafka.bootstrapServers()), violations);
        }
    }

    private static void leave(KafkaNode kafka, boolean standsStill) {
        if (standsStill) {
            kafka.pause();
        } else {
            kafka.kill();
        }
    }

    private static void comeBack(KafkaNode kafka, boolean standsStill) {
        if (standsStill) {
            kafka.resume();
        } else {
            kafka.startAgain();
        }
    }

    private static void stayAway(Duration time, Health health, Failures violations) {
        long untilNanos = System.nanoTime() + time.toNanos();
        if (!Patience.until(health::isPublishingAway, PATIENCE)) {
            violations.add("the broker has not said that nothing can be stored");
        }
        for (long left = untilNanos - System.nanoTime(); left > 0; left = untilNanos - System.nanoTime()) {
            Patience.pass(Duration.ofNanos(Math.min(left, LOOK_EVERY.toNanos())));
            if (!health.isServing()) {
                violations.add("the broker itself does not serve");
            }
            if (health.isPublishingThere()) {
                violations.add("the broker says that events can be stored while Kafka is away");
            }
        }
    }

    /** The pace goes on while Kafka is away, and what waits is made up for. */
    private static int mostEvents(ScenarioSettings settings) {
        return (int) Math.min(
                20_000_000, LEAST_EVENTS + settings.count() * settings.lasts().toSeconds() * EVENTS_PER_SECOND);
    }

    private static ScenarioOutcome outcome(
            ScenarioSettings settings, long longest, Verdict verdict, Failures violations) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("times_away", settings.count());
        figures.put("away_seconds", settings.lasts().toSeconds());
        figures.put("longest_recovery_millis", longest);
        Verdicts.add(verdict, figures, violations);
        return ScenarioOutcome.of(
                figures,
                List.of(
                        Target.atMost("longest_recovery_millis", longest, RECOVERED_WITHIN.toMillis()),
                        Target.atMost("lost", verdict.lost(), 0)),
                violations);
    }
}
