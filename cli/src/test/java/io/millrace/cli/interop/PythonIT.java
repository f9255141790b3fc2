// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that protoc made in Python publishes and subscribes, on streams and without. */
class PythonIT {
    @RegisterExtension
    static final MillraceOnKafka millrace = new MillraceOnKafka();

    private static final JsonMapper JSON = new JsonMapper();
    private static final HexFormat HEX = HexFormat.of();

    private static PythonClient python;
    private static int ran;

    @BeforeAll
    static void needsPython(@TempDir Path directory) {
        LeftOut.unless(
                PythonClient.isInstalled(),
                "Python with gRPC",
                "apt-get install python3-grpcio protobuf-compiler protobuf-compiler-grpc");
        python = PythonClient.generatedInto(directory);
    }

    @AfterEach
    void count() {
        ran++;
    }

    @AfterAll
    static void tellWhatRan() {
        LeftOut.ran("Python client", ran);
    }

    @Test
    void whatPythonPublishesOnAStreamIsAcknowledgedInOrderAndDelivered() {
        List<Event> events = EveryKindOfEvent.list();

        List<JsonNode> said = python.run(input(events), "publish", millrace.endpoint(), millrace.topic());

        assertThat(of("ack", said))
                .extracting(ack -> ack.get("sequence").asInt())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(of("ack", said))
                .extracting(ack -> ack.get("offset").asInt())
                .containsExactlyElementsOf(
                        IntStream.range(0, events.size()).boxed().toList());
        assertThat(millrace.replayed()).isEqualTo(withoutWhatPythonLeavesOut(events));
    }

    @Test
    void whatPythonPublishesInOneCallIsDelivered() {
        List<Event> events = EveryKindOfEvent.list();

        List<JsonNode> said = python.run(input(events), "unary", millrace.endpoint(), millrace.topic());

        assertThat(of("ack", said)).hasSize(events.size());
        assertThat(millrace.replayed()).isEqualTo(withoutWhatPythonLeavesOut(events));
    }

    @Test
    void pythonReceivesHistoryAndThenLiveEventsAndNeverMoreThanItGaveCreditFor() {
        List<Event> history = EveryKindOfEvent.list();
        List<Event> live = EveryKindOfEvent.list();
        millrace.publish(history);
        String count = Integer.toString(history.size() + live.size());

        try (ForeignProgram subscriber =
                python.start("", "subscribe", millrace.endpoint(), millrace.topic(), count, "4")) {
            await("Python to be live").atMost(MillraceOnKafka.PATIENCE).until(() -> hasCaughtUp(subscriber));
            millrace.publish(live);
            subscriber.result();

            List<Event> expected = new ArrayList<>(history);
            expected.addAll(live);
            List<JsonNode> said = PythonClient.lines(subscriber);
            assertThat(of("event", said)).extracting(PythonIT::seen).isEqualTo(seen(expected));
            assertThat(of("batch", said))
                    .isNotEmpty()
                    .allSatisfy(batch -> assertThat(batch.get("received").asInt())
                            .isLessThanOrEqualTo(batch.get("given").asInt()));
        }
    }

    @Test
    void pythonReceivesTheSameThroughTail() {
        millrace.publish(EveryKindOfEvent.list());

        List<JsonNode> said = python.run("", "tail", millrace.endpoint(), millrace.topic(), "6");

        assertThat(of("event", said)).extracting(PythonIT::seen).isEqualTo(seen(EveryKindOfEvent.list()));
    }

    @Test
    void pythonReadsTheSamePageByPage() {
        millrace.publish(EveryKindOfEvent.list());

        List<JsonNode> said = python.run("", "read", millrace.endpoint(), millrace.topic(), "4");

        assertThat(of("event", said)).extracting(PythonIT::seen).isEqualTo(seen(EveryKindOfEvent.list()));
        assertThat(of("page", said))
                .extracting(page -> page.get("events").asInt())
                .startsWith(4, 2);
    }

    /** What the Python client tells of an event. */
    private record Seen(
            String id,
            String type,
            @Nullable String key,
            @Nullable String data,
            List<String> headers,
            String region) {}

    private static Seen seen(JsonNode event) {
        List<String> headers = new ArrayList<>();
        event.get("headers").forEach(header -> headers.add(header.get(0).asString() + "=" + text(header.get(1))));
        return new Seen(
                event.get("id").asString(),
                event.get("type").asString(),
                text(event.get("key")),
                text(event.get("data")),
                headers,
                event.get("extensions").path("region").asString(""));
    }

    private static List<Seen> seen(List<Event> events) {
        return events.stream()
                .map(event -> new Seen(
                        event.id(),
                        event.type(),
                        hex(event.key()),
                        hex(event.data()),
                        event.headers().stream()
                                .map(header -> header.name() + "=" + hex(header.value()))
                                .toList(),
                        event.extensions().getOrDefault("region", "")))
                .toList();
    }

    private static String input(List<Event> events) {
        return events.stream()
                .map(PythonIT::fields)
                .map(JSON::writeValueAsString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static Map<String, Object> fields(Event event) {
        Map<String, Object> fields = new java.util.HashMap<>();
        fields.put("id", event.id());
        fields.put("type", event.type());
        fields.put("source", event.source());
        fields.put("extensions", event.extensions());
        fields.put("key", hex(event.key()));
        fields.put("data", hex(event.data()));
        fields.put("headers", event.headers().stream().map(PythonIT::pair).toList());
        return fields;
    }

    private static List<@Nullable String> pair(Header header) {
        List<@Nullable String> pair = new ArrayList<>();
        pair.add(header.name());
        pair.add(hex(header.value()));
        return pair;
    }

    /** The script passes on neither subject nor time nor content type. */
    private static List<Event> withoutWhatPythonLeavesOut(List<Event> events) {
        return events.stream()
                .map(event -> event.toBuilder()
                        .subject("")
                        .time(null)
                        .dataContentType("")
                        .build())
                .toList();
    }

    private static boolean hasCaughtUp(ForeignProgram subscriber) {
        return !of("caught_up", PythonClient.lines(subscriber)).isEmpty();
    }

    private static List<JsonNode> of(String frame, List<JsonNode> said) {
        return said.stream()
                .filter(line -> line.get("frame").asString().equals(frame))
                .toList();
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.asString();
    }

    private static @Nullable String hex(@Nullable Bytes bytes) {
        return bytes == null ? null : HEX.formatHex(bytes.array());
    }
}
