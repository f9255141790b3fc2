// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.subscribe;

import io.millrace.cli.connect.Connections;
import io.millrace.cli.connect.Reconnects;
import io.millrace.cli.console.Console;
import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.option.EndArgument;
import io.millrace.cli.option.EndpointOptions;
import io.millrace.cli.option.StartArgument;
import io.millrace.client.MillraceConnection;
import io.millrace.consumers.Consumer;
import io.millrace.consumers.Signal;
import io.millrace.consumers.SubscriptionBuilder;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A topic on a server, ready to be read: what the reading commands have in common. */
public final class Reading implements AutoCloseable {
    private final Console console;
    private final MillraceConnection connection;
    private final Reconnects reconnects;
    private final TopicInfo topic;

    private Reading(Console console, MillraceConnection connection, Reconnects reconnects, TopicInfo topic) {
        this.console = console;
        this.connection = connection;
        this.reconnects = reconnects;
        this.topic = topic;
    }

    /** Connects and looks the topic up. Throws what ends the command when that fails. */
    public static Reading open(Console console, EndpointOptions endpoint, TopicName name) {
        Reconnects reconnects = new Reconnects(console, endpoint.timeout());
        MillraceConnection connection = Connections.open(endpoint, reconnects);
        try {
            TopicInfo topic =
                    Objects.requireNonNull(connection.topics().get(name).block());
            return new Reading(console, connection, reconnects, topic);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The topic. */
    public TopicInfo topic() {
        return topic;
    }

    /** The watch over the connection. */
    public Reconnects reconnects() {
        return reconnects;
    }

    /** A subscription from a start to an end; without an end it goes on. Gaps are told on standard error. */
    public SubscriptionBuilder subscription(StartArgument start, @Nullable EndArgument end) {
        SubscriptionBuilder subscription = Consumer.on(connection)
                .subscribe(topic.name().value())
                .clientName("millrace-cli")
                .onSignal(this::hear);
        begin(subscription, start);
        if (end != null) {
            end(subscription, end);
        }
        return subscription;
    }

    @Override
    public void close() {
        connection.close();
    }

    private void hear(Signal signal) {
        if (signal instanceof Signal.Gap gap) {
            String count = gap.events().isPresent() ? ", " + gap.events().getAsLong() + " events" : "";
            console.say("millrace: gap in " + gap.partition() + ": offsets " + gap.fromOffset() + " to "
                    + (gap.toOffset() - 1) + " will not come (" + gap.reason() + count + ")");
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

    private int onlyPartition(long offset) {
        if (topic.partitions() != 1) {
            throw CommandFailure.usage("topic '" + topic.name() + "' has " + topic.partitions()
                    + " partitions, so say which: 0:" + offset + " or 0:" + offset + ",1:" + offset);
        }
        return 0;
    }

    private Map<TopicPartition, Long> places(Map<Integer, Long> offsets) {
        return offsets.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> new TopicPartition(topic.name(), entry.getKey()), Map.Entry::getValue));
    }

    private static Instant before(Duration duration) {
        return Instant.now().minus(duration);
    }
}
