// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.option.Moment;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** Makes an event of a record of the input: where its key and time stand, and what all events have in common. */
final class EventFactory {
    private final @Nullable JsonPointer key;
    private final @Nullable JsonPointer time;
    private final Event template;

    private EventFactory(@Nullable JsonPointer key, @Nullable JsonPointer time, Event template) {
        this.key = key;
        this.time = time;
        this.template = template;
    }

    /**
     * A factory.
     *
     * @param key where the key stands, as {@code --key} has it
     * @param time where the time stands, as {@code --time} has it
     */
    static EventFactory of(
            InputFormat format,
            @Nullable String key,
            @Nullable String time,
            @Nullable String type,
            List<Header> headers) {
        Event template = Event.builder()
                .type(type == null ? "" : type)
                .headers(headers)
                .dataContentType(format.isJson() ? "application/json" : "")
                .build();
        return new EventFactory(pointer(format, "--key", key), pointer(format, "--time", time), template);
    }

    Event event(InputRecord input) throws BadInputException {
        Event.Builder event = template.toBuilder().data(Bytes.wrap(input.data()));
        if (key != null) {
            event.key(scalar(input, key, "--key"));
        }
        if (time != null) {
            event.time(time(input, time));
        }
        return event.build();
    }

    private static @Nullable JsonPointer pointer(InputFormat format, String option, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!format.isJson()) {
            throw CommandFailure.usage(
                    option + " needs events with fields: use it with --format jsonl, json or csv, not " + format);
        }
        if (text.startsWith("/")) {
            return JsonPointer.compile(text);
        }
        if (format != InputFormat.csv) {
            throw CommandFailure.usage(
                    option + " '" + text + "' is no JSON pointer; write " + option + " '/" + text + "'");
        }
        return JsonPointer.empty().appendProperty(text);
    }

    private static String scalar(InputRecord input, JsonPointer pointer, String option) throws BadInputException {
        JsonNode node = input.json() == null ? null : input.json().at(pointer);
        if (node == null || !node.isValueNode() || node.isNull()) {
            throw new BadInputException(
                    input.line(),
                    "nothing usable at " + option + " " + pointer + "; it must be a text, number or boolean");
        }
        return node.asString();
    }

    private static Instant time(InputRecord input, JsonPointer pointer) throws BadInputException {
        String text = scalar(input, pointer, "--time");
        return Moment.parse(text)
                .or(() -> epoch(text))
                .orElseThrow(() -> new BadInputException(
                        input.line(),
                        "'" + text + "' at --time " + pointer
                                + " is neither an ISO time nor seconds or milliseconds since 1970"));
    }

    private static Optional<Instant> epoch(String text) {
        return text.matches("-?\\d{1,15}(\\.\\d{1,9})?") ? Moment.ofEpoch(Double.parseDouble(text)) : Optional.empty();
    }
}
