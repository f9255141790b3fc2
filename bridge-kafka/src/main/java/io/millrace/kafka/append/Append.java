// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.AppendRules;
import io.millrace.kafka.record.EventRecord;
import io.millrace.kafka.refusal.KafkaRefusals;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.MonoSink;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderRecord;
import reactor.kafka.sender.SenderResult;

/**
 * One append from its subscription to its answer. It is handed over once; results come on that thread (what the producer
 * would not take) and on the network thread, and the last one makes the answer.
 */
final class Append {
    private static final int UNANSWERED = -2;

    private final TopicName topic;
    private final List<Event> events;
    private final long bytes;
    private final MonoSink<AppendResult> answer;
    private final Consumer<Append> leave;
    private final Consumer<TopicName> forgetTopic;
    private final AcknowledgedRun acknowledged;
    private final AtomicInteger unsettled;
    private final AtomicBoolean answered = new AtomicBoolean();

    private final int[] partitions;
    private final long[] offsets;
    private final Map<Integer, Refusal> failures = new HashMap<>();
    private volatile boolean entered;
    private String topicUid = "";
    private AppendRules rules = AppendRules.UNKNOWN;
    private long sentMillis;
    private Runnable ended = () -> {};

    /**
     * An append that has not entered the room yet.
     *
     * @param bytes what it takes there
     * @param leave told once it is answered, when it had entered
     * @param acknowledged told of every event that Kafka has stored
     */
    Append(
            TopicName topic,
            List<Event> events,
            long bytes,
            MonoSink<AppendResult> answer,
            Consumer<Append> leave,
            Consumer<TopicName> forgetTopic,
            AcknowledgedRun acknowledged) {
        this.topic = topic;
        this.events = events;
        this.bytes = bytes;
        this.answer = answer;
        this.leave = leave;
        this.forgetTopic = forgetTopic;
        this.acknowledged = acknowledged;
        this.unsettled = new AtomicInteger(events.size());
        this.partitions = new int[events.size()];
        this.offsets = new long[events.size()];
        Arrays.fill(partitions, UNANSWERED);
    }

    TopicName topic() {
        return topic;
    }

    long bytes() {
        return bytes;
    }

    /** It is in the room, which it leaves when it is answered. */
    void entered() {
        entered = true;
    }

    void refuse(Refusal why) {
        refuse(why.asException());
    }

    void refuse(Throwable why) {
        if (answered.compareAndSet(false, true)) {
            leaveRoom();
            answer.error(why);
        }
    }

    /** Which topic it is for and what that takes; told before the append is handed over. */
    void bind(String uid, AppendRules newRules) {
        topicUid = uid;
        rules = newRules;
    }

    /**
     * Gives the records to the sender.
     *
     * @param whenEnded run once the sender has nothing more to say of them
     */
    void handOver(KafkaSender<byte[], byte[]> sender, Runnable whenEnded) {
        sentMillis = System.currentTimeMillis();
        ended = whenEnded;
        sender.send(Flux.range(0, events.size()).mapNotNull(this::record))
                .subscribe(this::settle, this::end, () -> end(null));
    }

    private @Nullable SenderRecord<byte[], byte[], Integer> record(int index) {
        try {
            ProducerRecord<byte[], byte[]> record = EventRecord.of(topic.value(), events.get(index), sentMillis);
            requireFits(EventRecord.batchBytes(record));
            return SenderRecord.create(record, index);
        } catch (RefusedException refused) {
            fail(index, refused.refusal());
            settledOne();
            return null;
        }
    }

    /**
     * The producer must never see a record that its topic will not take: in one batch with a small one, Kafka's client
     * splits the batch into itself over and over, until the small one has timed out too.
     */
    private void requireFits(int batchBytes) {
        if (batchBytes > rules.maxBatchBytes()) {
            throw Refusal.eventTooLarge(batchBytes, rules.maxBatchBytes()).asException();
        }
    }

    private void settle(SenderResult<Integer> result) {
        int index = result.correlationMetadata();
        Exception failure = result.exception();
        RecordMetadata metadata = result.recordMetadata();
        if (failure == null && metadata != null) {
            partitions[index] = metadata.partition();
            offsets[index] = metadata.offset();
            if (isTimeKnown(metadata)) {
                acknowledged.add(topic, topicUid, events.get(index), metadata);
            }
        } else {
            fail(
                    index,
                    failure == null ? new IllegalStateException("no metadata") : failure,
                    leftUs(metadata, failure));
        }
        settledOne();
    }

    /**
     * False for a batch that Kafka had stored before its answer was lost: it answers the second try with one time for all
     * records, the newest of the batch, whatever time each was stored with. Such an event is read back.
     */
    private boolean isTimeKnown(RecordMetadata metadata) {
        return rules.stampedByKafka() || metadata.timestamp() == sentMillis;
    }

    private void settledOne() {
        if (unsettled.decrementAndGet() == 0) {
            acknowledged.tellSoon();
        }
    }

    /**
     * False where the producer had no memory for the record, or had chosen no partition yet: then it is certainly not
     * stored. KafkaProducer tells the latter with a negative partition.
     */
    private static boolean leftUs(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        boolean withoutPartition = metadata != null && metadata.partition() < 0;
        return !withoutPartition && !(failure instanceof BufferExhaustedException);
    }

    private void fail(int index, Throwable failure, boolean leftUs) {
        fail(
                index,
                KafkaRefusals.ofAppend(failure, topic.value(), events.get(index).approximateBytes(), leftUs));
    }

    private synchronized void fail(int index, Refusal refusal) {
        partitions[index] = AppendResult.NOT_STORED;
        offsets[index] = AppendResult.NOT_STORED;
        failures.put(index, refusal);
    }

    /** The sender has nothing more to say; with an error when any event failed, which its result told already. */
    private void end(@Nullable Throwable error) {
        ended.run();
        for (int i = 0; i < partitions.length; i++) {
            if (partitions[i] == UNANSWERED) {
                fail(i, error == null ? new IllegalStateException("the producer was closed") : error, true);
            }
        }
        if (answered.compareAndSet(false, true)) {
            leaveRoom();
            succeed();
        }
    }

    private void leaveRoom() {
        if (entered) {
            leave.accept(this);
        }
    }

    /** True where what is known of the topic may be the cause. */
    private static boolean mayBeOutOfDate(Refusal refusal) {
        return switch (refusal.reason()) {
            case TOPIC_NOT_FOUND, LOG_UNAVAILABLE, EVENT_TOO_LARGE -> true;
            default -> false;
        };
    }

    private synchronized void succeed() {
        Refusal missing = failures.values().stream()
                .filter(refusal -> refusal.reason() == Reason.TOPIC_NOT_FOUND)
                .findAny()
                .orElse(null);
        if (failures.values().stream().anyMatch(Append::mayBeOutOfDate)) {
            forgetTopic.accept(topic);
        }
        if (missing != null && failures.size() == events.size()) {
            answer.error(missing.asException());
        } else {
            answer.success(new AppendResult(partitions, offsets, failures));
        }
    }
}
