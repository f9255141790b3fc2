// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherHistory;
import io.millrace.core.log.RunSettlement;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.record.EventRecord;
import io.millrace.kafka.refusal.KafkaRefusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the runs of one publisher, transaction by transaction. Each holds the events of some runs and, in the topic of
 * sequences, the history with them in it; so Kafka has both or neither, and Kafka's fencing of the transactional id ends
 * whoever wrote before, with all that is still on its way.
 *
 * <p>Waits for Kafka, and belongs to one thread. After an exception it must be closed: whether the transaction under way
 * is stored, the next writer learns from the topic.
 */
final class SessionWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionWriter.class);
    private static final int COMMIT_TRIES = 3;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String producerId;
    private final TopicPartition place;
    private final Producer<byte[], byte[]> producer;
    private final TopicRules rules;
    private PublisherHistory history;
    private long beganNanos;
    private boolean inTransaction;

    /** Behind this history; the producer has begun with transactions. */
    SessionWriter(
            String producerId,
            TopicPartition place,
            Producer<byte[], byte[]> producer,
            TopicRules rules,
            PublisherHistory history) {
        this.producerId = producerId;
        this.place = place;
        this.producer = producer;
        this.rules = rules;
        this.history = history;
    }

    /**
     * Takes over from whoever wrote for this publisher before.
     *
     * @param producer one of its own with the publisher's transactional id; closed with this writer
     * @param patience how long the transactions of others may keep the history from being read
     */
    static SessionWriter takeOver(
            String producerId,
            TopicPartition place,
            Producer<byte[], byte[]> producer,
            SequenceTopic sequences,
            TopicRules rules,
            Duration patience) {
        try {
            producer.initTransactions();
            PublisherHistory history = sequences.read(place, producerId, patience);
            return new SessionWriter(producerId, place, producer, rules, history);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /** The last sequence that is settled. */
    long lastSequence() {
        return history.lastSequence();
    }

    /** How long the transaction under way has been open; zero when there is none. */
    Duration transactionAge() {
        return inTransaction ? Duration.ofNanos(System.nanoTime() - beganNanos) : Duration.ZERO;
    }

    /**
     * Settles these batches, which follow each other, in one transaction.
     *
     * @param answeredThrough the places up to here will not be asked for again
     * @return the answers of each batch, one for each of its runs
     * @throws RuntimeException when nobody knows whether they are stored, or another writer has taken over
     */
    List<List<AppendResult>> write(List<Batch> batches, long answeredThrough) {
        PublisherHistory next = history.copy();
        next.forgetThrough(answeredThrough);
        List<List<Outgoing>> outgoing = prepare(batches);
        if (outgoing.stream().flatMap(List::stream).allMatch(run -> run.settlement.isRepeated())) {
            return settle(outgoing, next);
        }
        do {
            refuseAllWhereOneIs(batches, outgoing);
        } while (!sendAll(outgoing));
        List<List<AppendResult>> answers = settle(outgoing, next);
        store(next);
        commit();
        history = next;
        return answers;
    }

    private List<List<Outgoing>> prepare(List<Batch> batches) {
        List<List<Outgoing>> all = new ArrayList<>(batches.size());
        long through = history.lastSequence();
        for (Batch batch : batches) {
            List<Outgoing> ofBatch = new ArrayList<>(batch.runs.size());
            for (NumberedRun run : batch.runs) {
                ofBatch.add(prepare(new RunSettlement(run, through)));
                through = Math.max(through, run.lastSequence());
            }
            all.add(ofBatch);
        }
        return all;
    }

    /** What its topic would refuse is refused here: in a transaction it would take all others with it. */
    private Outgoing prepare(RunSettlement settlement) {
        TopicName topic = settlement.run().topic();
        List<@Nullable ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < settlement.fresh().size(); i++) {
            try {
                ProducerRecord<byte[], byte[]> record =
                        EventRecord.of(topic.value(), settlement.fresh().get(i));
                requireFits(EventRecord.batchBytes(record), rules.of(topic).maxBatchBytes());
                records.add(record);
            } catch (RefusedException refused) {
                refuse(settlement, i, refused.refusal());
                records.add(null);
            }
        }
        return new Outgoing(settlement, records);
    }

    private static void requireFits(int bytes, int most) {
        if (bytes > most) {
            throw Refusal.eventTooLarge(bytes, most).asException();
        }
    }

    private static void refuseAllWhereOneIs(List<Batch> batches, List<List<Outgoing>> outgoing) {
        for (int i = 0; i < batches.size(); i++) {
            if (batches.get(i).atomic) {
                RunSettlement.refuseAllWhereOneIs(
                        outgoing.get(i).stream().map(Outgoing::settlement).toList());
            }
        }
    }

    private static List<List<AppendResult>> settle(List<List<Outgoing>> batches, PublisherHistory history) {
        return batches.stream()
                .map(batch -> batch.stream()
                        .map(run -> run.settlement.settle(history))
                        .toList())
                .toList();
    }

    /**
     * False when Kafka does not take one of the events, which is refused then; nothing is stored, and what is sound is to
     * be sent again.
     */
    private boolean sendAll(List<List<Outgoing>> batches) {
        List<Sent> sent = new ArrayList<>();
        beganNanos = System.nanoTime();
        inTransaction = true;
        producer.beginTransaction();
        KafkaException cut = sendInto(sent, batches);
        producer.flush();
        Set<Fate> fates = EnumSet.noneOf(Fate.class);
        sent.forEach(event -> fates.add(settled(event)));
        if (cut == null && !fates.contains(Fate.REFUSED) && !fates.contains(Fate.IN_BAD_COMPANY)) {
            return true;
        }
        if (!fates.contains(Fate.REFUSED)) {
            throw cut == null ? new KafkaException("a batch was refused without an event that is at fault") : cut;
        }
        producer.abortTransaction();
        inTransaction = false;
        return false;
    }

    /** What Kafka's client throws when it is not to send any more, because something before was refused already. */
    private @Nullable KafkaException sendInto(List<Sent> sent, List<List<Outgoing>> batches) {
        try {
            batches.stream().flatMap(List::stream).forEach(run -> send(run, sent));
            return null;
        } catch (KafkaException e) {
            return e;
        }
    }

    private void send(Outgoing run, List<Sent> sent) {
        for (int i = 0; i < run.records.size(); i++) {
            ProducerRecord<byte[], byte[]> record = run.records.get(i);
            if (record != null && !run.settlement.isRefused(i)) {
                sent.add(new Sent(run.settlement, i, producer.send(record)));
            }
        }
    }

    private Fate settled(Sent event) {
        try {
            RecordMetadata stored = event.answer.get();
            event.settlement.stored(event.index, stored.partition(), stored.offset());
            return Fate.STORED;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            if (KafkaRefusals.isOfRefusedBatch(e)) {
                return Fate.IN_BAD_COMPANY;
            }
            Refusal refusal = KafkaRefusals.ofAppend(
                    e,
                    event.settlement.run().topic().value(),
                    event.settlement.fresh().get(event.index).approximateBytes(),
                    true);
            if (!isForGood(refusal)) {
                throw causeOf(e);
            }
            rules.forget();
            event.settlement.refused(event.index, refusal);
            return Fate.REFUSED;
        }
    }

    private static KafkaException causeOf(ExecutionException failure) {
        return failure.getCause() instanceof KafkaException cause ? cause : new KafkaException(failure.getCause());
    }

    /** Only what would be refused at any later time too counts as settled; anything else ends the session. */
    private static void refuse(RunSettlement settlement, int index, Refusal why) {
        if (!isForGood(why)) {
            throw why.asException();
        }
        settlement.refused(index, why);
    }

    private static boolean isForGood(Refusal refusal) {
        return switch (refusal.reason()) {
            case EVENT_TOO_LARGE, EVENT_INVALID, TOPIC_NOT_FOUND -> true;
            default -> false;
        };
    }

    /**
     * Returns when Kafka has the record, and only then may be committed. Kafka's client holds a commit back while records
     * are on their way, but it looks for records first and for the commit then: a record and the commit that both come in
     * between are committed without the record ({@code Sender.maybeSendAndPollTransactionalRequest}, 4.4.0).
     */
    private void store(PublisherHistory next) {
        try {
            producer.send(SequenceTopic.record(place, producerId, next)).get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw causeOf(e);
        }
    }

    /** Kafka's client goes on with the same commit when it is told again. */
    private void commit() {
        for (int tries = 1; ; tries++) {
            try {
                producer.commitTransaction();
                inTransaction = false;
                return;
            } catch (TimeoutException e) {
                if (tries == COMMIT_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Takes back the transaction under way, where Kafka lets us: it would hold up all readers of its partitions. */
    @Override
    public void close() {
        if (inTransaction) {
            try {
                producer.abortTransaction();
            } catch (RuntimeException e) {
                LOG.debug("the transaction of publisher {} is left to its successor, or to its timeout", producerId, e);
            }
        }
        producer.close(CLOSE_TIMEOUT);
    }

    /**
     * What is answered together.
     *
     * @param runs follow each other
     * @param atomic all or nothing
     */
    record Batch(List<NumberedRun> runs, boolean atomic) {
        int size() {
            return runs.stream().mapToInt(NumberedRun::size).sum();
        }

        long firstSequence() {
            return runs.get(0).firstSequence();
        }

        long lastSequence() {
            return runs.get(runs.size() - 1).lastSequence();
        }
    }

    /** What becomes of an event that was sent. */
    private enum Fate {
        STORED,
        REFUSED,
        /** It is sound, and was in a batch with one that is not. */
        IN_BAD_COMPANY
    }

    /** A run and the records of what is to be stored of it; absent where refused. */
    private record Outgoing(RunSettlement settlement, List<@Nullable ProducerRecord<byte[], byte[]>> records) {}

    private record Sent(RunSettlement settlement, int index, Future<RecordMetadata> answer) {}
}
