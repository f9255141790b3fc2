// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.MillraceConnection;
import io.millrace.client.MillraceException;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.refusal.Reason;
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
import io.millrace.producers.Producer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The clock of a broker jumps, forwards and back, while it publishes and reads. libfaketime makes it do so for the one
 * process, by a file that says how far its clock is from the machine's.
 */
final class ClockJumpsScenario implements Scenario {
    private static final TopicSpec TOPIC = TopicSpec.of(new TopicName("clock-jumps"));
    private static final int EVENTS_PER_SECOND = 2_000;
    private static final int EVENTS_OF_A_JUMP = 50_000;
    private static final int LEAST_JUMP_SECONDS = 5;
    /** More than any time that a broker, Kafka or its client waits for, and less than what Kafka's topics take. */
    private static final int MOST_JUMP_SECONDS = 3_000;
    /** More than they take, which is an hour. */
    private static final int TOO_FAR_SECONDS = 7_200;

    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** The library looks at its file once a second. */
    private static final Duration JUMP_PATIENCE = Duration.ofSeconds(10);

    private static final long NEAR_MILLIS = 2_000;

    @Override
    public String name() {
        return "clock-jumps";
    }

    @Override
    public String promise() {
        return "a broker whose clock jumps by up to 50 minutes, forwards and back, goes on within 15 s; one that is two"
                + " hours ahead says why nothing can be stored until it is right again; nothing is lost; counted are jumps";
    }

    @Override
    public int fullCount() {
        return 20;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Optional<Path> library = SystemTools.clockLibrary();
        if (library.isEmpty()) {
            return ScenarioOutcome.skipped(
                    settings.count() + " jumps: the clock of one process cannot be set without libfaketime");
        }
        Path directory = Files.createTempDirectory("millrace-clock-");
        Path distance = Files.writeString(directory.resolve("distance"), "+0");
        try (KafkaNode kafka = KafkaNode.start(LocalKafkaConfig.in(directory.resolve("kafka")));
                ServedBroker broker = ServedBroker.serve(
                        "broker",
                        kafka.bootstrapServers(),
                        settings.seed(),
                        ProbedBrokerMain.PROGRAM.withEnvironment(environment(library.get(), distance)))) {
            return run(settings, progress, kafka, broker, distance);
        } finally {
            Directories.delete(directory);
        }
    }

    private static Map<String, String> environment(Path library, Path distance) {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                distance.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    private static ScenarioOutcome run(
            ScenarioSettings settings, Progress progress, KafkaNode kafka, ServedBroker broker, Path distance)
            throws IOException {
        Failures violations = new Failures();
        SplittableRandom random = new SplittableRandom(settings.seed());
        try (SteadyLoad load = SteadyLoad.start(
                broker.link().endpoint(),
                TOPIC,
                settings.seed(),
                (settings.count() + 1) * EVENTS_OF_A_JUMP,
                EVENTS_PER_SECOND,
                true,
                violations)) {
            load.awaitNews("at the beginning", PATIENCE);
            long longest = 0;
            long farthest = 0;
            int seconds = 0;
            for (int jump = 0; jump < settings.count(); jump++) {
                int next = jumpFrom(seconds, random);
                jump(broker, distance, next);
                long millis = load.awaitNews("after the clock had jumped by " + (next - seconds) + " s", PATIENCE);
                longest = Math.max(longest, millis);
                farthest = Math.max(farthest, Math.abs(next - seconds));
                progress.say("the clock jumped by " + (next - seconds) + " s, all went on after " + millis + " ms");
                seconds = next;
            }
            jump(broker, distance, TOO_FAR_SECONDS);
            requireNamesTheClock(broker, violations);
            jump(broker, distance, 0);
            long millis = load.awaitNews("when the clock was right again", PATIENCE);
            progress.say("the clock was two hours ahead, and right again; all went on after " + millis + " ms");
            longest = Math.max(longest, millis);
            return outcome(settings, longest, farthest, load.finish(kafka.bootstrapServers()), violations);
        }
    }

    /** Forwards from the machine's time or behind it, else back; short jumps are as likely as long ones. */
    private static int jumpFrom(int seconds, SplittableRandom random) {
        double most = Math.log((double) MOST_JUMP_SECONDS / LEAST_JUMP_SECONDS);
        int length = (int) (LEAST_JUMP_SECONDS * Math.exp(random.nextDouble() * most));
        return seconds <= 0 ? seconds + length : seconds - length;
    }

    private static void jump(ServedBroker broker, Path distance, int seconds) throws IOException {
        Files.writeString(distance, seconds < 0 ? Integer.toString(seconds) : "+" + seconds);
        if (!Patience.until(
                () -> Math.abs(clockDistanceMillis(broker) - seconds * 1_000L) < NEAR_MILLIS, JUMP_PATIENCE)) {
            throw new IllegalStateException("libfaketime has not set the broker's clock by " + seconds + " s");
        }
    }

    private static void requireNamesTheClock(ServedBroker broker, Failures violations) {
        try (MillraceConnection connection = MillraceConnection.to(broker.link().endpoint());
                Producer producer = Producer.to(connection, TOPIC.name().value())) {
            producer.publish(Event.of(Bytes.utf8("too early"))).block(PATIENCE);
            violations.add("an event two hours ahead of Kafka's time is stored");
        } catch (MillraceException e) {
            if (!e.is(Reason.LOG_UNAVAILABLE) || !String.valueOf(e.getMessage()).contains("clock")) {
                violations.add("a clock two hours ahead is not said to be the cause: " + e.getMessage());
            }
        }
    }

    private static long clockDistanceMillis(ServedBroker broker) {
        return Long.parseLong(broker.ask("now").split(" ")[2]) - System.currentTimeMillis();
    }

    private static ScenarioOutcome outcome(
            ScenarioSettings settings, long longest, long farthest, Verdict verdict, Failures violations) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("jumps", settings.count());
        figures.put("farthest_jump_seconds", farthest);
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
}
