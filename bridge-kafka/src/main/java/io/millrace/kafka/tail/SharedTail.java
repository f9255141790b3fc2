// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.tail;

import io.millrace.core.log.LogBatch;
import io.millrace.core.topic.TopicPartition;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import io.millrace.kafka.append.Acknowledged;
import io.millrace.kafka.record.CheckedRecords;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The live end of every partition that anybody follows: what this log has appended as soon as Kafka acknowledges it, and
 * what others wrote by one thread with one consumer.
 *
 * <p>All tails of a partition share its position: whoever comes later begins where the others are. A partition is
 * fetched while every one of its tails has demand. Errors that may pass are waited out; the consumer is made anew where
 * it must be, and goes on at the same positions.
 */
public final class SharedTail implements Acknowledged, AutoCloseable {
    /* Notes. Subscribers' threads talk to the loop through one queue of tails that have news, in which a tail stands at
     * most once, so it is as long as there are tails; whoever adds to it wakes the consumer's poll, once.
     */
    private final BlockingQueue<Tail> news = new LinkedBlockingQueue<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final TailLoop loop;
    private final TopicWatch watch;

    /** A tail that opens its consumer with the first subscriber. */
    public SharedTail(Map<String, Object> consumerProperties, TopicWatch watch) {
        this.watch = watch;
        this.loop = new TailLoop(consumerProperties, news, watch);
    }

    /**
     * Follows a partition that the topic has.
     *
     * @param checked makes the events of the topic
     * @param end where to begin when nobody follows the partition yet
     */
    public Flux<LogBatch> tail(TopicView topic, TopicPartition partition, CheckedRecords checked, long end) {
        return Flux.from(actual -> {
            if (started.compareAndSet(false, true)) {
                loop.start();
            }
            new Tail(topic, partition, checked, Operators.toCoreSubscriber(actual), end, this::tell)
                    .start(topic, watch);
        });
    }

    @Override
    public boolean isFollowed(TopicPartition partition) {
        return loop.followed(partition) != null;
    }

    @Override
    public void acknowledged(String topicUid, TopicPartition partition, LogBatch run) {
        PartitionTail followed = loop.followed(partition);
        if (followed != null) {
            boolean loopIsCalled = followed.offer(topicUid, run, System.nanoTime());
            loop.stirred(followed);
            if (loopIsCalled) {
                loop.wakeup();
            }
        }
    }

    private void tell(Tail tail) {
        news.add(tail);
        loop.wakeup();
    }

    /** Makes the consumer anew; all tails go on where they are. Does not wait. */
    public void renew() {
        loop.renew();
    }

    /** Ends the thread when the news has been heard. The watch has told the subscribers before. */
    @Override
    public void close() {
        loop.close();
    }
}
