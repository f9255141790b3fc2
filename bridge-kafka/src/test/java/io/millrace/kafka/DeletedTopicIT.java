// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.localkafka.testing.KafkaFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

/** A topic that was published to and is deleted does not hold up the publishing to others. */
class DeletedTopicIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How often Kafka's clients ask anew for the topics that they use; five minutes by default. */
    private static final Map<String, String> ASKING_OFTEN = Map.of("metadata.max.age.ms", "2000");

    private static final Event EVENT = Event.builder().data("x").build();
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(12);
    private static final Duration SLOW = Duration.ofMillis(40);

    /** How much longer than the other one it may be held up by something else on this machine. */
    private static final Duration CHANCE = Duration.ofMillis(150);

    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    private final KafkaLogConfig config =
            KafkaLogConfig.of(kafka.bootstrapServers()).withClientProperties(ASKING_OFTEN);

    @Test
    void whoHasPublishedToADeletedTopicIsAsQuickAsWhoHasNot() {
        try (KafkaEventLog one = KafkaEventLog.connect(config);
                KafkaEventLog other = KafkaEventLog.connect(config)) {
            TopicName kept = newTopic(one);
            TopicName deleted = newTopic(one);
            append(one, deleted);
            append(one, kept);
            append(other, kept);
            one.topics().delete(deleted).block(PATIENCE);

            CompletableFuture<Duration> beside = CompletableFuture.supplyAsync(() -> heldUp(other, kept));
            Duration heldUp = heldUp(one, kept);

            assertThat(heldUp).isLessThanOrEqualTo(beside.join().plus(CHANCE));
        }
    }

    private static TopicName newTopic(KafkaEventLog log) {
        TopicName topic = new TopicName("deleted." + UUID.randomUUID());
        log.topics().create(TopicSpec.of(topic), false).block(PATIENCE);
        return topic;
    }

    /** Appends one event after another for a while, and adds up the time of those that were slow. */
    private static Duration heldUp(KafkaEventLog log, TopicName topic) {
        Duration heldUp = Duration.ZERO;
        long endNanos = System.nanoTime() + LONG_ENOUGH.toNanos();
        for (long now = System.nanoTime(); now - endNanos < 0; ) {
            append(log, topic);
            long then = System.nanoTime();
            Duration took = Duration.ofNanos(then - now);
            heldUp = took.compareTo(SLOW) > 0 ? heldUp.plus(took) : heldUp;
            now = then;
        }
        return heldUp;
    }

    private static void append(KafkaEventLog log, TopicName topic) {
        Mono<AppendResult> appended = log.append(topic, List.of(EVENT));
        assertThat(Objects.requireNonNull(appended.block(PATIENCE)).failures()).isEmpty();
    }
}
