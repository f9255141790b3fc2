// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.event.Event;
import io.millrace.core.log.TopicAdmin;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The topics of a memory log, by name. Changes exclude each other; looking one up needs no lock. */
final class MemoryTopics implements TopicAdmin {
    /** Makes a topic without partitions. */
    interface Maker {
        MemoryTopic make(TopicName name, String uid, TopicSettings settings);
    }

    /** Most partitions of a topic: as many as Kafka makes at once. */
    private static final int MAX_PARTITIONS = 10_000;

    private final ConcurrentSkipListMap<TopicName, MemoryTopic> topics = new ConcurrentSkipListMap<>();
    private final Maker maker;
    private volatile @Nullable Refusal closed;

    MemoryTopics(Maker maker) {
        this.maker = maker;
    }

    @Override
    public Mono<TopicInfo> create(TopicSpec spec, boolean validateOnly) {
        return Mono.fromSupplier(() -> createNow(spec, validateOnly));
    }

    @Override
    public Mono<TopicInfo> describe(TopicName name) {
        return Mono.fromSupplier(() -> find(name).info());
    }

    @Override
    public Mono<List<TopicName>> list(boolean includeInternal) {
        return Mono.fromSupplier(() -> {
            refuseWhenClosed();
            return topics.keySet().stream()
                    .filter(name -> includeInternal || !name.isInternal())
                    .toList();
        });
    }

    @Override
    public Mono<TopicInfo> update(TopicName name, TopicUpdate update) {
        return Mono.fromSupplier(() -> updateNow(name, update));
    }

    @Override
    public Mono<Void> delete(TopicName name) {
        return Mono.fromRunnable(() -> deleteNow(name));
    }

    /** Errors with TOPIC_NOT_FOUND. */
    MemoryTopic find(TopicName name) {
        refuseWhenClosed();
        MemoryTopic topic = topics.get(name);
        if (topic == null) {
            throw Refusal.topicNotFound(name.value()).asException();
        }
        return topic;
    }

    /** Why the topic does not take this event; absent when it does. */
    @Nullable
    Refusal refusalOf(TopicName name, Event event) {
        refuseWhenClosed();
        MemoryTopic topic = topics.get(name);
        return topic == null ? Refusal.topicNotFound(name.value()) : topic.refusalOf(event);
    }

    /** Calls {@code action} with the topic, or errors with TOPIC_NOT_FOUND. */
    <T> Mono<T> with(TopicName name, Function<MemoryTopic, T> action) {
        return Mono.fromSupplier(() -> action.apply(find(name)));
    }

    synchronized void close(Refusal why) {
        closed = why;
        topics.values().forEach(topic -> topic.end(why));
        topics.clear();
    }

    private synchronized TopicInfo createNow(TopicSpec spec, boolean validateOnly) {
        refuseWhenClosed();
        if (topics.containsKey(spec.name())) {
            throw Refusal.topicExists(spec.name().value()).asException();
        }
        if (spec.replicationFactor() > 1) {
            throw invalid("replication factor " + spec.replicationFactor() + " is more than the 1 that memory has");
        }
        requireRoom(spec.partitions());
        MemoryTopic topic = maker.make(spec.name(), UUID.randomUUID().toString(), new TopicSettings(spec.config()));
        topic.change(Math.max(1, spec.partitions()), topic.settings());
        if (!validateOnly) {
            topics.put(spec.name(), topic);
        }
        return topic.info();
    }

    private synchronized TopicInfo updateNow(TopicName name, TopicUpdate update) {
        MemoryTopic topic = find(name);
        int count = topic.info().partitions();
        int wanted = update.partitions().orElse(count);
        if (wanted < count) {
            throw invalid("topic '" + name + "' has " + count + " partitions, which cannot shrink to " + wanted);
        }
        requireRoom(wanted);
        topic.change(wanted, topic.settings().changed(update));
        return topic.info();
    }

    private synchronized void deleteNow(TopicName name) {
        find(name).end(Refusal.topicNotFound(name.value()));
        topics.remove(name);
    }

    private void refuseWhenClosed() {
        Refusal why = closed;
        if (why != null) {
            throw why.asException();
        }
    }

    private static void requireRoom(int partitions) {
        if (partitions > MAX_PARTITIONS) {
            throw invalid(
                    partitions + " partitions are more than the " + MAX_PARTITIONS + " that memory has for a topic");
        }
    }

    private static RuntimeException invalid(String message) {
        return Refusal.of(Reason.TOPIC_CONFIG_INVALID, message).asException();
    }
}
