// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.ServedBroker;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import io.millrace.producers.Producer;
import io.millrace.producers.PublishAck;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Many clients lose their broker at once (kill -9): first to another one that is there, then to none, and the one that
 * they had is started again. A client is back when it has got an event that was published after the kill.
 */
final class StormScenario implements Scenario {
    private static final String TOPIC = "storm";
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(200);
    private static final int DATA_BYTES = 1_000;
    private static final int NOWHERE = 0;

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public String promise() {
        return "clients whose broker is killed are all back within 30 s, and the memory ledger stays below its bound;"
                + " counted are clients";
    }

    @Override
    public int fullCount() {
        return 2_000;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Failures violations = new Failures();
        try (KafkaAndBrokers stage = KafkaAndBrokers.open(settings.seed(), 2);
                MillraceConnection connection = MillraceConnection.to(stage.endpoints())) {
            progress.say("Kafka and two brokers are there");
            stage.broker(1).link().forwardTo(NOWHERE); // so that all begin at the other one
            connection
                    .topics()
                    .create(TopicSpec.of(new TopicName(TOPIC)).withPartitions(1))
                    .block(PATIENCE);
            List<StormClient> clients = IntStream.range(0, settings.count())
                    .mapToObj(number -> new StormClient(number, stage.endpoints(), TOPIC, violations))
                    .toList();
            try {
                return new Storm(stage, Producer.to(connection, TOPIC), clients, violations, progress).run();
            } finally {
                clients.forEach(StormClient::close);
            }
        }
    }

    /** One thread. */
    private record Storm(
            KafkaAndBrokers stage,
            Producer producer,
            List<StormClient> clients,
            Failures violations,
            Progress progress) {
        ScenarioOutcome run() {
            if (!Patience.until(() -> clients.stream().allMatch(StormClient::hasOpened), PATIENCE)) {
                throw new IllegalStateException("not all clients have opened");
            }
            progress.say("all have opened");
            reach("at the beginning", () -> {});
            stage.broker(1).link().forwardTo(stage.broker(1).port());
            Map<String, Object> figures = new LinkedHashMap<>();
            long toTheOther = reach("at the other broker", stage.broker(0)::kill);
            Ledger other = Ledger.of(stage.broker(1));
            long toTheSame = reach("at the broker that was started again", () -> {
                stage.broker(1).kill();
                stage.broker(1).start();
            });
            Ledger again = Ledger.of(stage.broker(1));
            figures.put("clients", clients.size());
            figures.put(
                    "reopened", clients.stream().mapToInt(StormClient::reopened).sum());
            figures.put("all_back_at_the_other_broker_millis", toTheOther);
            figures.put("all_back_at_the_restarted_broker_millis", toTheSame);
            figures.put("ledger_peak_bytes", Math.max(other.peakBytes, again.peakBytes));
            figures.put("ledger_limit_bytes", again.limitBytes);
            figures.put("resident_bytes", stage.broker(1).usage().residentBytes());
            return ScenarioOutcome.of(figures, targets(toTheOther, toTheSame, other, again), violations);
        }

        private static List<Target> targets(long toTheOther, long toTheSame, Ledger other, Ledger again) {
            return List.of(
                    Target.atMost("all_back_at_the_other_broker_millis", toTheOther, BACK_WITHIN.toMillis()),
                    Target.atMost("all_back_at_the_restarted_broker_millis", toTheSame, BACK_WITHIN.toMillis()),
                    Target.atMost("ledger_peak_bytes", Math.max(other.peakBytes, again.peakBytes), again.limitBytes));
        }

        /**
         * Does this, and publishes until every client has got an event that was published after it; how many milliseconds
         * all of that took.
         */
        private long reach(String where, Runnable what) {
            long beganNanos = System.nanoTime();
            what.run();
            long offset = publish();
            while (!clients.stream().allMatch(client -> client.hasReached(offset))) {
                long millis = Duration.ofNanos(System.nanoTime() - beganNanos).toMillis();
                if (millis > PATIENCE.toMillis()) {
                    violations.add(count(offset) + " of " + clients.size() + " clients are back " + where);
                    return millis;
                }
                Patience.until(() -> clients.stream().allMatch(client -> client.hasReached(offset)), BETWEEN_EVENTS);
                publish();
            }
            long millis = Duration.ofNanos(System.nanoTime() - beganNanos).toMillis();
            progress.say("all " + clients.size() + " clients have got an event " + where + " after " + millis + " ms");
            return millis;
        }

        private long count(long offset) {
            return clients.stream().filter(client -> client.hasReached(offset)).count();
        }

        /** Waits until it is stored; its offset. */
        private long publish() {
            PublishAck ack = producer.publish(
                            Event.builder().data("x".repeat(DATA_BYTES)).build())
                    .block(PATIENCE);
            if (ack == null) {
                throw new IllegalStateException("nothing was acknowledged");
            }
            return ack.offset();
        }
    }

    private record Ledger(long peakBytes, long limitBytes) {
        static Ledger of(ServedBroker broker) {
            String[] answer = broker.ask("ledger").split(" ", -1);
            return new Ledger(Long.parseLong(answer[0]), Long.parseLong(answer[1]));
        }
    }
}
