// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Reads the topics in which Millrace keeps something for itself, committed records only. Waits for Kafka. */
public final class OwnTopicReader {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Map<String, Object> consumerProperties;

    /**
     * @param consumerProperties of a consumer of bytes that reads committed records
     */
    public OwnTopicReader(Map<String, Object> consumerProperties) {
        this.consumerProperties = consumerProperties;
    }

    /**
     * Hands over the records of a partition, and returns the place behind them.
     *
     * @param from where it begins; 0 for the first record that is there
     * @param end where it ends
     * @throws io.millrace.core.refusal.RefusedException LOG_UNAVAILABLE when the end is not reached in time, because a
     *     transaction is open before it, say
     */
    public long read(
            TopicPartition partition,
            long from,
            long end,
            Duration patience,
            Consumer<ConsumerRecord<byte[], byte[]>> each) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerProperties);
        // by a timer of its own: the consumer's time stands still when the machine's clock has gone back
        Disposable timer = Mono.delay(patience).subscribe(late -> consumer.wakeup());
        try {
            consumer.assign(List.of(partition));
            if (from == 0) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, from);
            }
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).forEach(each);
            }
            return consumer.position(partition);
        } catch (WakeupException e) {
            throw Refusal.of(
                            Reason.LOG_UNAVAILABLE,
                            "Kafka: " + partition + " could not be read to its end within " + patience.toMillis()
                                    + " ms")
                    .asException();
        } finally {
            timer.dispose();
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
