// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.StoredLog;
import io.millrace.load.check.Verdict;
import io.millrace.load.fault.LinkFault;
import io.millrace.load.faults.Cluster;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.TruthReader;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Rounds of: answers vanish, every publisher publishes, Kafka's consumer reads it, every publisher tries again, all is
 * acknowledged. One thread owns it; everything blocks.
 */
final class AmbiguousRounds implements AutoCloseable {
    private static final int PUBLISHERS = 16;
    private static final int MOST_EVENTS = 5;
    private static final int KEYS = 200;
    private static final int SPARE_ROUNDS = 20;
    private static final int TELL_EVERY = 5;
    private static final Duration STORED_PATIENCE = Duration.ofSeconds(10);

    /** Where the answer is lost, and where the next try goes. */
    private enum Way {
        SAME_BROKER,
        OTHER_BROKER,
        END_OF_TRANSACTION,
        END_OF_TRANSACTION_OTHER_BROKER;
    }

    private final ScenarioSettings settings;
    private final Cluster cluster;
    private final Failures violations;
    private final Progress progress;
    private final SplittableRandom random;
    private final KnownEvents events;
    private final List<NamedPublisher> publishers;
    private final StoredWatch watch;
    private final int[] brokers = new int[PUBLISHERS];
    private final Map<Way, Integer> ambiguous = new EnumMap<>(Way.class);
    private final int mostRounds;
    private int rounds;
    private int records;
    private int unproved;

    private AmbiguousRounds(ScenarioSettings settings, Cluster cluster, Failures violations, Progress progress) {
        this.settings = settings;
        this.cluster = cluster;
        this.violations = violations;
        this.progress = progress;
        this.random = new SplittableRandom(settings.seed());
        this.events = new KnownEvents(settings.seed(), KEYS);
        this.mostRounds = 2 * settings.count() / PUBLISHERS + SPARE_ROUNDS;
        this.watch = StoredWatch.on(
                cluster.bootstrapServers(), AmbiguousScenario.TOPIC, AmbiguousScenario.PARTITIONS, events, PUBLISHERS);
        this.publishers =
                IntStream.range(0, PUBLISHERS).mapToObj(this::publisher).toList();
    }

    /** With publishers that have stored something each, so that their streams are open. */
    static AmbiguousRounds begin(ScenarioSettings settings, Cluster cluster, Failures violations, Progress progress) {
        AmbiguousRounds rounds = new AmbiguousRounds(settings, cluster, violations, progress);
        rounds.publishers.forEach(publisher -> publisher.publish(1));
        NamedPublisher.awaitSettled(rounds.publishers, "the beginning", violations);
        return rounds;
    }

    /** As many rounds as it takes. */
    ScenarioOutcome run() {
        while (proved() < settings.count() && rounds < mostRounds && violations.count() == 0) {
            round();
            rounds++;
            if (rounds % TELL_EVERY == 0) {
                progress.say(rounds + " rounds, ambiguous: " + ambiguous + ", not proved: " + unproved);
            }
        }
        StoredLog log = TruthReader.read(
                cluster.bootstrapServers(),
                AmbiguousScenario.TOPIC,
                AmbiguousScenario.PARTITIONS,
                events,
                4 * (mostRounds + 1) * PUBLISHERS * MOST_EVENTS);
        return outcome(Checker.check(
                events, log, publishers.stream().map(NamedPublisher::journal).toList(), List.of()));
    }

    @Override
    public void close() {
        NamedPublisher.close(publishers);
        watch.close();
    }

    private NamedPublisher publisher(int number) {
        brokers[number] = number % cluster.brokers().size();
        return new NamedPublisher(
                number,
                AmbiguousScenario.TOPIC,
                events,
                (mostRounds + 1) * MOST_EVENTS,
                port(number),
                settings.seed() + number,
                violations);
    }

    private int port(int publisher) {
        return cluster.brokers().get(brokers[publisher]).port();
    }

    /** Where the end of a transaction is not answered no other can begin: there each publisher has one event. */
    private void round() {
        boolean beforeTheBroker = random.nextInt(4) == 0;
        if (beforeTheBroker) {
            cluster.kafkaLink().begin(new LinkFault.AnswerLost(LinkFault.AnswerLost.END_OF_TRANSACTION));
        } else {
            publishers.forEach(NamedPublisher::loseAnswers);
        }
        int[] acknowledged =
                publishers.stream().mapToInt(NamedPublisher::acknowledged).toArray();
        publishers.forEach(publisher -> publisher.publish(beforeTheBroker ? 1 : 1 + random.nextInt(MOST_EVENTS)));
        Patience.until(() -> IntStream.range(0, PUBLISHERS).allMatch(this::isStored), STORED_PATIENCE);
        for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
            tryAgain(publisher, way(beforeTheBroker), acknowledged[publisher]);
        }
        cluster.kafkaLink().end();
        NamedPublisher.awaitSettled(publishers, "round " + rounds, violations);
    }

    private Way way(boolean beforeTheBroker) {
        if (beforeTheBroker) {
            return random.nextBoolean() ? Way.END_OF_TRANSACTION : Way.END_OF_TRANSACTION_OTHER_BROKER;
        }
        return random.nextBoolean() ? Way.SAME_BROKER : Way.OTHER_BROKER;
    }

    /** Counted is only what is in Kafka by now and of which the publisher has not heard. */
    private void tryAgain(int number, Way way, int acknowledgedBefore) {
        NamedPublisher publisher = publishers.get(number);
        if (isStored(number) && publisher.acknowledged() == acknowledgedBefore) {
            ambiguous.merge(way, 1, Integer::sum);
            records += publisher.sent() - acknowledgedBefore;
        } else {
            unproved++;
        }
        if (way == Way.OTHER_BROKER || way == Way.END_OF_TRANSACTION_OTHER_BROKER) {
            brokers[number] = (brokers[number] + 1) % cluster.brokers().size();
        }
        if (way != Way.END_OF_TRANSACTION) {
            publisher.retryAt(port(number));
        }
    }

    private boolean isStored(int publisher) {
        return watch.stored(publisher) >= publishers.get(publisher).sent();
    }

    private int proved() {
        return ambiguous.values().stream().mapToInt(Integer::intValue).sum();
    }

    private ScenarioOutcome outcome(Verdict verdict) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("ambiguous", proved());
        figures.put("ambiguous_records", records);
        figures.put("tried_again_at_the_same_broker", ambiguous.getOrDefault(Way.SAME_BROKER, 0));
        figures.put("tried_again_at_the_other_broker", ambiguous.getOrDefault(Way.OTHER_BROKER, 0));
        figures.put("end_of_transaction_lost", ambiguous.getOrDefault(Way.END_OF_TRANSACTION, 0));
        figures.put(
                "end_of_transaction_lost_and_other_broker",
                ambiguous.getOrDefault(Way.END_OF_TRANSACTION_OTHER_BROKER, 0));
        figures.put("not_proved", unproved);
        Verdicts.add(verdict, figures, violations);
        List<Target> targets = List.of(
                Target.atLeast("ambiguous", proved(), settings.count()),
                Target.atMost("duplicated", verdict.duplicated(), 0),
                Target.atMost("lost", verdict.lost(), 0));
        return ScenarioOutcome.of(figures, targets, violations);
    }
}
