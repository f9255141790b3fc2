// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.millrace.client.MillraceConnection;
import io.millrace.core.refusal.Reason;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.StoredLog;
import io.millrace.load.check.Verdict;
import io.millrace.load.faults.Ends;
import io.millrace.load.faults.Failures;
import io.millrace.load.faults.FaultSettings;
import io.millrace.load.faults.Pace;
import io.millrace.load.faults.Patience;
import io.millrace.load.faults.Publisher;
import io.millrace.load.faults.ServedBroker;
import io.millrace.load.faults.TruthReader;
import io.millrace.load.process.Directories;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Target;
import io.millrace.localkafka.LocalKafkaConfig;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.wire.StatusCodec;
import io.millrace.wire.TopicResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * More publishers than a broker has memory for: its heap is small, and Kafka stands still again and again, so all that
 * they send stays in the broker. It gives up one thing after the other, and all goes on when Kafka does.
 */
final class OverloadScenario implements Scenario {
    private static final TopicSpec TOPIC = TopicSpec.of(new TopicName("overload"));
    private static final List<String> SMALL_HEAP = List.of("-Xmx160m", "-XX:+ExitOnOutOfMemoryError");
    private static final int EVENTS_OF_EACH = 60_000;
    private static final int EVENTS_PER_SECOND_OF_EACH = 2_000;

    /** One of so many publishers has a name; a broker with such a heap has room for forty of those. */
    private static final int NAMED = 16;

    private static final int TIMES = 3;
    private static final Duration STANDS_STILL = Duration.ofSeconds(15);
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String promise() {
        return "a broker with more publishers than memory stays within the bound of its ledger, refuses, and loses"
                + " nothing; counted are publishers";
    }

    @Override
    public int fullCount() {
        return 60;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Path directory = Files.createTempDirectory("millrace-overload-");
        try (KafkaNode kafka = KafkaNode.start(LocalKafkaConfig.in(directory));
                ServedBroker broker = ServedBroker.serve(
                        "broker",
                        kafka.bootstrapServers(),
                        settings.seed(),
                        ProbedBrokerMain.PROGRAM.withOptions(SMALL_HEAP));
                Crowd crowd = new Crowd(kafka, broker, settings, progress)) {
            return crowd.run();
        } finally {
            Directories.delete(directory);
        }
    }

    /** The publishers, and who asks for history meanwhile. One thread. */
    private static final class Crowd implements AutoCloseable {
        private final KafkaNode kafka;
        private final ServedBroker broker;
        private final Progress progress;
        private final Failures violations = new Failures();
        private final KnownEvents events;
        private final Pace pace;
        private final List<Publisher> publishers = new ArrayList<>();
        private final ManagedChannel channel;
        private long refused;

        Crowd(KafkaNode kafka, ServedBroker broker, ScenarioSettings settings, Progress progress) {
            this.kafka = kafka;
            this.broker = broker;
            this.progress = progress;
            this.events = new KnownEvents(settings.seed(), FaultSettings.KEYS);
            this.channel = ManagedChannelBuilder.forTarget(broker.link().endpoint())
                    .usePlaintext()
                    .build();
            try (MillraceConnection connection = connection()) {
                connection
                        .topics()
                        .create(TOPIC.withPartitions(FaultSettings.PARTITIONS))
                        .block(PATIENCE);
            }
            this.pace = new Pace(ofEach(settings, false));
            Ends ends = new Ends();
            for (int i = 0; i < settings.count(); i++) {
                publishers.add(Publisher.start(
                        i,
                        ofEach(settings, i % NAMED == 0),
                        events,
                        pace,
                        connection(),
                        TOPIC.name().value(),
                        ends));
            }
        }

        private static FaultSettings ofEach(ScenarioSettings settings, boolean named) {
            return new FaultSettings(
                    settings.seed(), EVENTS_OF_EACH, 0, EVENTS_PER_SECOND_OF_EACH * FaultSettings.PUBLISHERS, named);
        }

        ScenarioOutcome run() {
            long longest = 0;
            awaitNews("at the beginning");
            for (int time = 1; time <= TIMES; time++) {
                kafka.pause();
                askForHistory();
                kafka.resume();
                long recovery = awaitNews("when Kafka went on");
                longest = Math.max(longest, recovery);
                progress.say("Kafka stood still " + time + " times, all went on after " + recovery + " ms; "
                        + ledger()[0] + " bytes of the ledger were used at most, " + refused + " questions refused");
            }
            return outcome(longest, finish());
        }

        /** Pages of history are among the first that are refused. */
        private void askForHistory() {
            long untilNanos = System.nanoTime() + STANDS_STILL.toNanos();
            while (System.nanoTime() - untilNanos < 0) {
                if (isRefused()) {
                    refused++;
                }
                Patience.pass(LOOK_EVERY);
            }
        }

        private boolean isRefused() {
            try {
                SubscriberServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)
                        .read(ReadRequest.newBuilder()
                                .setSpec(ReadSpec.newBuilder().addTopics(TopicResource.format(TOPIC.name())))
                                .setPageSize(1)
                                .build());
                return false;
            } catch (StatusRuntimeException e) {
                return StatusCodec.toRefusal(e)
                        .filter(refusal -> refusal.reason() == Reason.MEMORY_EXHAUSTED)
                        .isPresent();
            }
        }

        private long awaitNews(String what) {
            long beganNanos = System.nanoTime();
            long[] before =
                    publishers.stream().mapToLong(Publisher::acknowledged).toArray();
            boolean came = Patience.until(
                    () -> {
                        for (int i = 0; i < before.length; i++) {
                            if (publishers.get(i).acknowledged() == before[i]
                                    && !publishers.get(i).isDone()) {
                                return false;
                            }
                        }
                        return true;
                    },
                    PATIENCE);
            if (!came) {
                violations.add("not every publisher went on " + what);
            }
            return Duration.ofNanos(System.nanoTime() - beganNanos).toMillis();
        }

        private Verdict finish() {
            pace.faultsAreOver();
            if (!Patience.until(() -> publishers.stream().allMatch(Publisher::isDone), PATIENCE)) {
                violations.add("publishers have not come to their end");
            }
            int most = 4 * EVENTS_OF_EACH * publishers.size();
            StoredLog log = TruthReader.read(
                    kafka.bootstrapServers(), TOPIC.name().value(), FaultSettings.PARTITIONS, events, most);
            return Checker.check(
                    events, log, publishers.stream().map(Publisher::journal).toList(), List.of());
        }

        private ScenarioOutcome outcome(long longest, Verdict verdict) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("publishers", publishers.size());
            figures.put("longest_recovery_millis", longest);
            figures.put("ledger_peak_bytes", ledger()[0]);
            figures.put("ledger_limit_bytes", ledger()[1]);
            figures.put("refused_questions", refused);
            figures.put("resident_bytes", broker.usage().residentBytes());
            Verdicts.add(verdict, figures, violations);
            return ScenarioOutcome.of(
                    figures,
                    List.of(
                            Target.atMost("ledger_peak_bytes", ledger()[0], ledger()[1]),
                            Target.atLeast("refused_questions", refused, 1),
                            Target.atMost("longest_recovery_millis", longest, RECOVERED_WITHIN.toMillis()),
                            Target.atMost("lost", verdict.lost(), 0)),
                    violations);
        }

        /** The peak and the bound, in bytes. */
        private long[] ledger() {
            String[] answer = broker.ask("ledger").split(" ", -1);
            return new long[] {Long.parseLong(answer[0]), Long.parseLong(answer[1])};
        }

        private MillraceConnection connection() {
            return MillraceConnection.to(broker.link().endpoint());
        }

        @Override
        public void close() {
            pace.stop();
            publishers.forEach(Publisher::close);
            channel.shutdownNow();
        }
    }
}
