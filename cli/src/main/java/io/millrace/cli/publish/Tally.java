// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.option.Durations;
import io.millrace.cli.output.Json;
import io.millrace.client.MillraceException;
import io.millrace.producers.PublishAck;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What has become of the events so far. Used by one thread. */
final class Tally {
    private final String topic;
    private final SortedMap<Integer, Long> lastOffsets = new TreeMap<>();
    private long published;
    private long failed;
    private @Nullable String firstFailure;
    private @Nullable MillraceException firstCause;

    Tally(String topic) {
        this.topic = topic;
    }

    void stored(PublishAck ack) {
        published++;
        lastOffsets.merge(ack.partition().partition(), ack.offset(), Math::max);
    }

    void failed(long line, MillraceException cause) {
        failed++;
        if (firstFailure == null) {
            firstFailure =
                    "line " + line + ": " + cause.getMessage() + (cause.hint().isEmpty() ? "" : ". " + cause.hint());
            firstCause = cause;
        }
    }

    long published() {
        return published;
    }

    long settled() {
        return published + failed;
    }

    /** The line that failed first, and why. */
    Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure);
    }

    /** What it failed with. */
    Optional<MillraceException> firstCause() {
        return Optional.ofNullable(firstCause);
    }

    /** For a person. */
    String sentence(Duration took) {
        String rate = published > 1 && took.toMillis() > 0
                ? String.format(Locale.ROOT, " (%,.0f/s)", published * 1e9 / took.toNanos())
                : "";
        return "published " + counted(published) + " to " + topic + " in " + Durations.seconds(took) + rate;
    }

    /** For a program. */
    ObjectNode json(Duration took, long unknown) {
        ObjectNode json = Json.object()
                .put("topic", topic)
                .put("published", published)
                .put("failed", failed)
                .put("unknown", unknown)
                .put("seconds", took.toMillis() / 1e3);
        ObjectNode offsets = json.putObject("last_offsets");
        lastOffsets.forEach((partition, offset) -> offsets.put(partition.toString(), offset));
        return json;
    }

    static String counted(long events) {
        return events == 1 ? "1 event" : String.format(Locale.ROOT, "%,d events", events);
    }
}
