// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.Verdict;
import io.millrace.load.fault.LinkFault;
import io.millrace.load.faults.Cluster;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.ServedBroker;
import io.millrace.load.faults.TruthReader;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A broker that goes on writing for publishers whom another one serves by now: it was frozen in the middle of their
 * transactions (SIGSTOP) until the other had taken over and acknowledged, or what it has sent to Kafka comes a second or two
 * late, behind all that the other does. Publishers are all at one broker and move to the other, there and back.
 */
final class ZombiesScenario implements Scenario {
    private static final TopicName TOPIC = new TopicName("zombies");
    private static final int PARTITIONS = 4;
    private static final int PUBLISHERS = 16;
    private static final int KEYS = 200;
    private static final int MOST_EVENTS = 200;
    private static final int LONGEST_WRITE_MILLIS = 40;
    private static final int TELL_EVERY = 10;
    private static final Duration LATE = Duration.ofSeconds(1);
    /** What is sent meanwhile is late; whoever takes over afterwards is not. */
    private static final Duration LATE_MOMENT = Duration.ofMillis(20);
    /** In which one that goes on may do what it had begun. */
    private static final Duration ROAMING = Duration.ofMillis(500);

    @Override
    public String name() {
        return "zombies";
    }

    @Override
    public String promise() {
        return "a broker that was frozen, or whose bytes come late, writes nothing for a publisher whom another one has"
                + " taken over; counted are take-overs of sixteen publishers";
    }

    @Override
    public int fullCount() {
        return 60;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Failures violations = new Failures();
        try (Cluster cluster = Cluster.open(settings.seed())) {
            cluster.create(TopicSpec.of(TOPIC).withPartitions(PARTITIONS));
            try (Crowd crowd = new Crowd(settings, cluster, violations)) {
                return crowd.run(progress);
            }
        }
    }

    /** The publishers, and where they are. One thread. */
    private static final class Crowd implements AutoCloseable {
        private final ScenarioSettings settings;
        private final Cluster cluster;
        private final Failures violations;
        private final SplittableRandom random;
        private final KnownEvents events;
        private final List<NamedPublisher> publishers;
        private int at;
        private int leftUnderWay;

        Crowd(ScenarioSettings settings, Cluster cluster, Failures violations) {
            this.settings = settings;
            this.cluster = cluster;
            this.violations = violations;
            this.random = new SplittableRandom(settings.seed());
            this.events = new KnownEvents(settings.seed(), KEYS);
            this.publishers =
                    IntStream.range(0, PUBLISHERS).mapToObj(this::publisher).toList();
        }

        private NamedPublisher publisher(int number) {
            return new NamedPublisher(
                    number,
                    TOPIC.value(),
                    events,
                    mostEventsOfEach(),
                    here().port(),
                    settings.seed() + number,
                    violations);
        }

        private int mostEventsOfEach() {
            return (settings.count() + 1) * (MOST_EVENTS + 1);
        }

        private ServedBroker here() {
            return cluster.brokers().get(at);
        }

        ScenarioOutcome run(Progress progress) {
            publishers.forEach(publisher -> publisher.publish(1));
            NamedPublisher.awaitSettled(publishers, "the beginning", violations);
            for (int round = 1; round <= settings.count() && violations.count() == 0; round++) {
                if (round % 2 == 0) {
                    takeOverFromFrozen(round);
                } else {
                    takeOverFromLate(round);
                }
                if (round % TELL_EVERY == 0) {
                    progress.say(round + " take-overs, " + leftUnderWay + " publishers in the middle of something");
                }
            }
            return outcome(Checker.check(
                    events,
                    TruthReader.read(
                            cluster.bootstrapServers(),
                            TOPIC.value(),
                            PARTITIONS,
                            events,
                            4 * PUBLISHERS * mostEventsOfEach()),
                    publishers.stream().map(NamedPublisher::journal).toList(),
                    List.of()));
        }

        private void takeOverFromFrozen(int round) {
            ServedBroker frozen = here();
            publishForAMoment();
            frozen.pause();
            try {
                moveAll();
                NamedPublisher.awaitSettled(publishers, "take-over " + round, violations);
            } finally {
                frozen.resume();
            }
            Patience.pass(ROAMING);
        }

        private void takeOverFromLate(int round) {
            publishForAMoment();
            cluster.kafkaLink().begin(new LinkFault.Delay(LATE, LATE));
            Patience.pass(LATE_MOMENT);
            cluster.kafkaLink().end();
            moveAll();
            NamedPublisher.awaitSettled(publishers, "take-over " + round, violations);
            Patience.pass(LATE.multipliedBy(2));
        }

        private void publishForAMoment() {
            publishers.forEach(publisher -> publisher.publish(1 + random.nextInt(MOST_EVENTS)));
            Patience.pass(Duration.ofMillis(random.nextInt(LONGEST_WRITE_MILLIS)));
        }

        private void moveAll() {
            leftUnderWay += (int) publishers.stream()
                    .filter(publisher -> !publisher.isSettled())
                    .count();
            at = (at + 1) % cluster.brokers().size();
            publishers.forEach(publisher -> publisher.retryAt(here().port()));
        }

        private ScenarioOutcome outcome(Verdict verdict) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("take_overs", settings.count());
            figures.put("publishers_in_the_middle_of_something", leftUnderWay);
            Verdicts.add(verdict, figures, violations);
            return ScenarioOutcome.of(
                    figures,
                    List.of(
                            Target.atLeast("publishers_in_the_middle_of_something", leftUnderWay, settings.count()),
                            Target.atMost("lost", verdict.lost(), 0),
                            Target.atMost("duplicated", verdict.duplicated(), 0)),
                    violations);
        }

        @Override
        public void close() {
            NamedPublisher.close(publishers);
        }
    }
}
