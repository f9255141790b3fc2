// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.subscribe;

import io.millrace.cli.connect.Connections;
import io.millrace.cli.connect.Reconnects;
import io.millrace.cli.console.Console;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.option.EndArgument;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.cli.option.StartArgument;
import io.millrace.cli.option.TopicArgument;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.Signal;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Topics on a server, ready to be read: what the reading commands have in common. */
public final class Reading implements AutoCloseable {
    private final Console console;
    private final MillraceConnection connection;
    private final Reconnects reconnects;
    private final List<TopicArgument> asked;
    private final List<TopicInfo> named;
    private final AtomicBoolean logIsAway = new AtomicBoolean();

    private Reading(
            Console console,
            MillraceConnection connection,
            Reconnects reconnects,
            List<TopicArgument> asked,
            List<TopicInfo> named) {
        this.console = console;
        this.connection = connection;
        this.reconnects = reconnects;
        this.asked = asked;
        this.named = named;
    }

    /** Connects and looks up the topics that are named. Throws what ends the command when that fails. */
    public static Reading open(Console console, EndpointOptions endpoint, List<TopicArgument> topics) {
        List<TopicArgument> asked = topics.stream().distinct().toList();
        Reconnects reconnects = new Reconnects(console, endpoint.timeout());
        MillraceConnection connection = Connections.open(endpoint, reconnects);
        try {
            List<TopicInfo> named = Flux.fromIterable(asked)
                    .ofType(TopicArgument.Named.class)
                    .concatMap(topic -> connection.topics().get(topic.topic()))
                    .collectList()
                    .block();
            return new Reading(console, connection, reconnects, asked, Objects.requireNonNull(named));
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** True when events of more topics than one may come. */
    public boolean isOfSeveralTopics() {
        return asked.size() > 1 || named.isEmpty();
    }

    /** True when all events come from one partition. */
    public boolean isOfOnePartition() {
        return !isOfSeveralTopics() && named.get(0).partitions() == 1;
    }

    /** True when the topic is there by its name, not because it matches a pattern. */
    public boolean names(TopicName topic) {
        return named.stream().anyMatch(info -> info.name().equals(topic));
    }

    /** The watch over the connection. */
    public Reconnects reconnects() {
        return reconnects;
    }

    /** Says something to the person. */
    public void say(String sentence) {
        console.say("millrace: " + sentence);
    }

    /** Says that there is nothing to read. */
    public void sayThatNothingMatches() {
        say("no topic matches " + asked.stream().map(Object::toString).collect(Collectors.joining(" "))
                + " now; see 'millrace topics list'");
    }

    /** A subscription from a start to an end; without an end it goes on. Gaps are told on standard error. */
    public SubscriptionBuilder subscription(StartArgument start, @Nullable EndArgument end) {
        SubscriptionBuilder subscription =
                subscribe(asked.stream().map(Object::toString).toArray(String[]::new));
        begin(subscription, start);
        if (end != null) {
            end(subscription, end);
        }
        return subscription;
    }

    /** The same of one partition alone, from an offset. */
    public SubscriptionBuilder subscription(TopicPartition partition, long offset, EndArgument end) {
        SubscriptionBuilder subscription = subscribe(partition.topic().value()).fromOffsets(Map.of(partition, offset));
        end(subscription, of(partition.partition(), end));
        return subscription;
    }

    @Override
    public void close() {
        connection.close();
    }

    private SubscriptionBuilder subscribe(String... topics) {
        return Consumer.on(connection)
                .subscribe(topics)
                .clientName("millrace-cli")
                .onSignal(this::hear);
    }

    private void hear(Signal signal) {
        if (signal instanceof Signal.Gap gap) {
            String count = gap.events().isPresent() ? ", " + gap.events().getAsLong() + " events" : "";
            say("gap in " + gap.partition() + ": offsets " + gap.fromOffset() + " to " + (gap.toOffset() - 1)
                    + " will not come (" + gap.reason() + count + ")");
        } else if (signal instanceof Signal.Opened opened
                && !opened.resumed()
                && opened.start().isEmpty()) {
            sayThatNothingMatches();
        } else if (signal instanceof Signal.Heartbeat heartbeat) {
            hear(heartbeat);
        }
    }

    /** Says once that nothing comes because the log is away. */
    private void hear(Signal.Heartbeat heartbeat) {
        boolean away = heartbeat.stallReason() == Signal.StallReason.LOG_UNAVAILABLE;
        if (!logIsAway.getAndSet(away) && away) {
            say("Kafka does not answer; waiting for it");
        }
    }

    private void begin(SubscriptionBuilder subscription, StartArgument start) {
        if (start instanceof StartArgument.Now) {
            subscription.fromNow();
        } else if (start instanceof StartArgument.Beginning) {
            subscription.fromBeginning();
        } else if (start instanceof StartArgument.AtOffset at) {
            subscription.fromOffset(onlyPartition(at.offset()), at.offset());
        } else if (start instanceof StartArgument.AtOffsets at) {
            subscription.fromOffsets(places(at.offsets()));
        } else if (start instanceof StartArgument.AtTime at) {
            subscription.fromTime(at.time());
        } else if (start instanceof StartArgument.Ago ago) {
            subscription.fromTime(before(ago.duration()));
        } else if (start instanceof StartArgument.Last last) {
            subscription.last(last.count());
        }
    }

    private void end(SubscriptionBuilder subscription, EndArgument end) {
        if (end instanceof EndArgument.Now) {
            subscription.untilLiveEnd();
        } else if (end instanceof EndArgument.AtOffset at) {
            subscription.untilOffsets(places(Map.of(onlyPartition(at.offset()), at.offset())));
        } else if (end instanceof EndArgument.AtOffsets at) {
            subscription.untilOffsets(places(at.offsets()));
        } else if (end instanceof EndArgument.AtTime at) {
            subscription.untilTime(at.time());
        } else if (end instanceof EndArgument.Ago ago) {
            subscription.untilTime(before(ago.duration()));
        }
    }

    private static EndArgument of(int partition, EndArgument end) {
        return end instanceof EndArgument.AtOffsets at && at.offsets().containsKey(partition)
                ? new EndArgument.AtOffsets(Map.of(partition, at.offsets().get(partition)))
                : end;
    }

    private int onlyPartition(long offset) {
        TopicInfo topic = onlyTopic();
        if (topic.partitions() != 1) {
            throw CommandFailure.usage("topic '" + topic.name() + "' has " + topic.partitions()
                    + " partitions, so say which: 0:" + offset + " or 0:" + offset + ",1:" + offset);
        }
        return 0;
    }

    private Map<TopicPartition, Long> places(Map<Integer, Long> offsets) {
        TopicInfo topic = onlyTopic();
        return offsets.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> new TopicPartition(topic.name(), entry.getKey()), Map.Entry::getValue));
    }

    private TopicInfo onlyTopic() {
        if (isOfSeveralTopics()) {
            throw CommandFailure.usage("an offset means nothing where several topics are read; write a time or a"
                    + " duration such as -15m instead, or read one topic by its name");
        }
        return named.get(0);
    }

    private static Instant before(Duration duration) {
        return Instant.now().minus(duration);
    }
}
