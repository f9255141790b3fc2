// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.append;

import io.millrace.core.topic.TopicName;
import io.millrace.kafka.admin.AppendRules;
import io.millrace.kafka.admin.KafkaTopics;
import io.millrace.kafka.admin.TopicView;
import io.millrace.kafka.admin.TopicWatch;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.function.Tuple2;

/**
 * The way of one topic's appends into the producer, in order: they wait here until it is known that the topic exists,
 * and pass straight on from then. A lane whose topic is missing or gone leaves the map of lanes, so that there are never
 * more of them than topics.
 *
 * <p>Passing on happens under the lane's monitor, or an append could overtake those that wait; it only queues.
 */
final class Lane {
    private final TopicName topic;
    private final KafkaTopics topics;
    private final TopicWatch watch;
    private final Consumer<Append> onward;
    private final BiConsumer<TopicName, Lane> leave;

    private final Queue<Append> waiting = new ArrayDeque<>();
    private boolean asked;
    private boolean open;
    private String topicUid = "";
    private AppendRules rules = AppendRules.UNKNOWN;
    private @Nullable Throwable refused;
    private TopicWatch.@Nullable Registration registration;

    Lane(
            TopicName topic,
            KafkaTopics topics,
            TopicWatch watch,
            Consumer<Append> onward,
            BiConsumer<TopicName, Lane> leave) {
        this.topic = topic;
        this.topics = topics;
        this.watch = watch;
        this.onward = onward;
        this.leave = leave;
    }

    /** Takes an append, whose bytes are accounted for already. */
    void enter(Append append) {
        Throwable no;
        boolean first;
        synchronized (this) {
            no = refused;
            first = !asked;
            asked = true;
            if (no == null && open) {
                pass(append);
                return;
            }
            if (no == null) {
                waiting.add(append);
            }
        }
        if (no != null) {
            append.refuse(no);
        } else if (first) {
            topics.view(topic)
                    .delayUntil(view -> topics.online(view.name(), view.partitions()))
                    .zipWith(topics.appendRules(topic))
                    .subscribe(this::exists, this::refuse);
        }
    }

    synchronized void close() {
        if (registration != null) {
            registration.close();
        }
    }

    private synchronized void exists(Tuple2<TopicView, AppendRules> found) {
        open = true;
        topicUid = found.getT1().uid();
        rules = found.getT2();
        registration = watch.register(found.getT1(), gone -> refuse(gone.asException()));
        waiting.forEach(this::pass);
        waiting.clear();
    }

    private void pass(Append append) {
        append.bind(topicUid, rules);
        onward.accept(append);
    }

    private void refuse(Throwable why) {
        leave.accept(topic, this);
        Queue<Append> refusedNow;
        synchronized (this) {
            refused = why;
            refusedNow = new ArrayDeque<>(waiting);
            waiting.clear();
            close();
        }
        refusedNow.forEach(append -> append.refuse(why));
    }
}
