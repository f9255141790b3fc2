// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.admin;

import static io.millrace.kafka.admin.KafkaAnswers.ask;

import io.millrace.core.log.TopicAdmin;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.OnCorruption;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.core.topic.TopicUpdate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import reactor.core.publisher.Mono;

/**
 * Administration of topics through Kafka's admin client.
 *
 * <p>Kafka answers a change when its controller has it; brokers learn of it a little later. A change therefore completes
 * only when it can be seen, or fails with LOG_UNAVAILABLE when that takes longer than a question may.
 */
public final class KafkaTopics implements TopicAdmin {
    private static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    private static final String TIMESTAMP_TYPE = "message.timestamp.type";
    private static final String LOG_APPEND_TIME = "LogAppendTime";
    private static final String OWN_MAX_MESSAGE_BYTES = Integer.toString(2 << 20);
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(20);

    private final Supplier<Admin> admin;
    private final TopicWatch watch;
    private final OwnSettings ownSettings;
    private final int defaultReplicationFactor;
    private final Duration patience;

    /**
     * Uses the client, the present one each time, and the settings, none of which it owns.
     *
     * @param patience how long a change may take to be seen
     */
    public KafkaTopics(
            Supplier<Admin> admin,
            TopicWatch watch,
            OwnSettings ownSettings,
            int defaultReplicationFactor,
            Duration patience) {
        this.admin = admin;
        this.watch = watch;
        this.ownSettings = ownSettings;
        this.defaultReplicationFactor = defaultReplicationFactor;
        this.patience = patience;
    }

    @Override
    public Mono<TopicInfo> create(TopicSpec spec, boolean validateOnly) {
        return Mono.fromSupplier(() -> OwnSettings.among(spec.config()))
                .flatMap(own -> replicas(spec)
                        .flatMap(replicas -> validateOnly
                                ? validate(spec, newTopic(spec, replicas))
                                : create(spec.name(), newTopic(spec, replicas), own)));
    }

    private Mono<TopicInfo> validate(TopicSpec spec, NewTopic topic) {
        CreateTopicsOptions only = new CreateTopicsOptions().validateOnly(true);
        return ask(
                        spec.name().value(),
                        () -> admin.get().createTopics(List.of(topic), only).all())
                .then(Mono.fromSupplier(() -> planned(spec, topic)));
    }

    private Mono<TopicInfo> create(TopicName name, NewTopic topic, Map<String, String> own) {
        Mono<Void> created = own.isEmpty()
                ? ask(
                        name.value(),
                        () -> admin.get().createTopics(List.of(topic)).all())
                : ensured(OwnSettings.TOPIC).then(createWith(name, topic, own));
        return created.then(seen(name, info -> true));
    }

    /** A topic whose own settings cannot be kept is taken back. */
    private Mono<Void> createWith(TopicName name, NewTopic topic, Map<String, String> own) {
        return ask(name.value(), () -> idOf(admin.get().createTopics(List.of(topic)), name))
                .flatMap(id -> ownSettings
                        .put(id.toString(), name, own)
                        .onErrorResume(error -> ask(
                                        name.value(),
                                        () -> admin.get()
                                                .deleteTopics(List.of(name.value()))
                                                .all())
                                .onErrorComplete()
                                .then(Mono.error(error))));
    }

    private static KafkaFuture<Uuid> idOf(CreateTopicsResult created, TopicName name) {
        return created.topicId(name.value());
    }

    @Override
    public Mono<TopicInfo> describe(TopicName name) {
        return Mono.zip(description(name.value()), settings(name.value()), (topic, config) -> info(name, topic, config))
                .flatMap(info -> ownSettings.of(info.uid()).map(own -> with(info, own)));
    }

    @Override
    public Mono<List<TopicName>> list(boolean includeInternal) {
        ListTopicsOptions options = new ListTopicsOptions().listInternal(includeInternal);
        return ask("", () -> admin.get().listTopics(options).names())
                .map(names -> names.stream()
                        .map(TopicName::new)
                        .filter(name -> includeInternal || !name.isInternal())
                        .sorted()
                        .toList());
    }

    @Override
    public Mono<TopicInfo> update(TopicName name, TopicUpdate update) {
        return describe(name)
                .doOnNext(topic -> OnCorruption.requireUnchanged(topic.config(), update))
                .flatMap(topic -> grow(name, topic.partitions(), update))
                .then(Mono.defer(() -> alterSettings(name, update)))
                .then(seen(name, info -> shows(info, update)));
    }

    @Override
    public Mono<Void> delete(TopicName name) {
        return view(name)
                .flatMap(view -> ask(
                                name.value(),
                                () -> admin.get()
                                        .deleteTopics(List.of(name.value()))
                                        .all())
                        .then(gone(name, view))
                        .then(Mono.<Void>fromRunnable(() -> watch.deleted(view)))
                        .then(ownSettings.remove(view.uid()).onErrorComplete())); // of an id that is never used again
    }

    /** What readers and writers need to know of a topic. Errors with TOPIC_NOT_FOUND. */
    public Mono<TopicView> view(TopicName name) {
        return description(name.value()).map(KafkaTopics::view);
    }

    /** The same of a topic of Millrace's own, which is made where it is missing. Errors with LOG_UNAVAILABLE. */
    public Mono<TopicView> ensured(TopicSpec own) {
        return view(own.name())
                .onErrorResume(
                        Reason.TOPIC_NOT_FOUND::isOf,
                        missing -> create(own, false)
                                .then()
                                .onErrorResume(Reason.TOPIC_EXISTS::isOf, raced -> Mono.empty())
                                .then(view(own.name())));
    }

    /** What the topic's settings say of appends to it. Errors with TOPIC_NOT_FOUND. */
    public Mono<AppendRules> appendRules(TopicName name) {
        return config(name.value())
                .map(config -> new AppendRules(
                        Integer.parseInt(config.get(MAX_MESSAGE_BYTES).value()),
                        LOG_APPEND_TIME.equals(config.get(TIMESTAMP_TYPE).value())));
    }

    /**
     * Completes when the leader of every partition answers. A broker may take a producer's second batch for a partition
     * that was not there yet for the first one, and then refuses the first one, as out of sequence, for good.
     */
    public Mono<Void> online(String name, int partitions) {
        Map<TopicPartition, OffsetSpec> all = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(p -> new TopicPartition(name, p), p -> OffsetSpec.latest()));
        return ask(name, () -> admin.get().listOffsets(all).all()).then();
    }

    static TopicView view(TopicDescription topic) {
        return new TopicView(
                topic.name(), topic.topicId().toString(), topic.partitions().size());
    }

    /** Where nothing is said, the default, or as many as there are brokers in a cluster that has fewer. */
    private Mono<Integer> replicas(TopicSpec spec) {
        if (spec.replicationFactor() != 0 || defaultReplicationFactor == 1) {
            return Mono.just(Math.max(1, spec.replicationFactor()));
        }
        return ask(spec.name().value(), () -> admin.get().describeCluster().nodes())
                .map(nodes -> Math.max(1, Math.min(defaultReplicationFactor, nodes.size())));
    }

    private static NewTopic newTopic(TopicSpec spec, int replicas) {
        if (replicas > Short.MAX_VALUE) {
            throw invalid("replication factor " + replicas + " is more than Kafka can have");
        }
        Map<String, String> config = new HashMap<>(spec.config());
        config.keySet().removeIf(OwnSettings::isOwn);
        config.putIfAbsent(MAX_MESSAGE_BYTES, OWN_MAX_MESSAGE_BYTES);
        return new NewTopic(spec.name().value(), Math.max(1, spec.partitions()), (short) replicas).configs(config);
    }

    private static TopicInfo planned(TopicSpec spec, NewTopic topic) {
        return with(
                new TopicInfo(spec.name(), "", topic.numPartitions(), topic.replicationFactor(), topic.configs()),
                OwnSettings.among(spec.config()));
    }

    private static TopicInfo with(TopicInfo info, Map<String, String> own) {
        if (own.isEmpty()) {
            return info;
        }
        Map<String, String> config = new HashMap<>(info.config());
        config.putAll(own);
        return new TopicInfo(info.name(), info.uid(), info.partitions(), info.replicationFactor(), config);
    }

    private Mono<TopicDescription> description(String name) {
        return ask(
                name,
                () -> admin.get()
                        .describeTopics(List.of(name))
                        .topicNameValues()
                        .get(name));
    }

    private Mono<Map<String, String>> settings(String name) {
        return config(name).map(KafkaTopics::settings);
    }

    private Mono<Config> config(String name) {
        ConfigResource resource = resource(name);
        return ask(
                name,
                () -> admin.get().describeConfigs(List.of(resource)).values().get(resource));
    }

    private static Map<String, String> settings(Config config) {
        return config.entries().stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .collect(Collectors.toMap(
                        ConfigEntry::name,
                        entry -> Optional.ofNullable(entry.value()).orElse("")));
    }

    private static TopicInfo info(TopicName name, TopicDescription topic, Map<String, String> config) {
        return new TopicInfo(
                name,
                topic.topicId().toString(),
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                config);
    }

    private Mono<Void> grow(TopicName name, int count, TopicUpdate update) {
        int wanted = update.partitions().orElse(count);
        if (wanted < count) {
            return Mono.error(
                    invalid("topic '" + name + "' has " + count + " partitions, which cannot shrink to " + wanted));
        }
        return wanted == count
                ? Mono.empty()
                : ask(
                        name.value(),
                        () -> admin.get()
                                .createPartitions(Map.of(name.value(), NewPartitions.increaseTo(wanted)))
                                .all());
    }

    private Mono<Void> alterSettings(TopicName name, TopicUpdate update) {
        Collection<AlterConfigOp> changes = new ArrayList<>();
        update.set()
                .forEach((key, value) ->
                        changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        update.reset()
                .forEach(key -> changes.add(new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE)));
        changes.removeIf(change -> OwnSettings.isOwn(change.configEntry().name()));
        return changes.isEmpty()
                ? Mono.empty()
                : ask(
                        name.value(),
                        () -> admin.get()
                                .incrementalAlterConfigs(Map.of(resource(name.value()), changes))
                                .all());
    }

    private static boolean shows(TopicInfo info, TopicUpdate update) {
        return info.partitions() >= update.partitions().orElse(0)
                && info.config().keySet().containsAll(update.set().keySet())
                && update.set().entrySet().stream()
                        .allMatch(set -> set.getValue().equals(info.config().get(set.getKey())))
                && update.reset().stream().noneMatch(info.config()::containsKey);
    }

    /** Looks until the topic can be described and is as it should be. */
    private Mono<TopicInfo> seen(TopicName name, Predicate<TopicInfo> asItShouldBe) {
        return describe(name)
                .onErrorResume(Reason.TOPIC_NOT_FOUND::isOf, missing -> Mono.empty())
                .filter(asItShouldBe)
                .repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(LOOK_AGAIN_AFTER))
                .delayUntil(info -> online(name.value(), info.partitions()))
                .timeout(patience, Mono.error(() -> notSeen(name)));
    }

    /** Looks until the topic cannot be described any more, or is another one. */
    private Mono<Void> gone(TopicName name, TopicView deleted) {
        return view(name)
                .filter(now -> now.uid().equals(deleted.uid()))
                .hasElement()
                .onErrorResume(Reason.TOPIC_NOT_FOUND::isOf, missing -> Mono.just(false))
                .filter(there -> !there)
                .repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(LOOK_AGAIN_AFTER))
                .timeout(patience, Mono.error(() -> notSeen(name)))
                .then();
    }

    private static ConfigResource resource(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static RefusedException invalid(String message) {
        return Refusal.of(Reason.TOPIC_CONFIG_INVALID, message).asException();
    }

    private static RefusedException notSeen(TopicName name) {
        return Refusal.of(Reason.LOG_UNAVAILABLE, "the change of topic '" + name + "' is made but not seen yet")
                .asException();
    }
}
