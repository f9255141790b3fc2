// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.DataOut;
import io.millrace.cli.console.Interrupts;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EventFormatTest {
    private static final TopicName TOPIC = new TopicName("orders");
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    @Test
    void textIsTextAndJsonIsJson() {
        assertThat(data("text/plain", "{\"a\":1}").asString()).isEqualTo("{\"a\":1}");
        assertThat(data("application/json; charset=utf-8", "1.50").toString()).isEqualTo("1.50");
        assertThat(data("application/cloudevents+json", "{\"a\":1}").get("a").asInt())
                .isEqualTo(1);
        assertThat(data("", "{\"a\":1}").get("a").asInt()).isEqualTo(1);
        assertThat(data("", "17").isString()).isTrue();
        assertThat(data("application/json", "{broken").asString()).isEqualTo("{broken");
    }

    @Test
    void bytesThatAreNoTextAreInBase64AndSaySo() {
        Event event = Event.builder()
                .key(Bytes.wrap(new byte[] {(byte) 0xff}))
                .data(Bytes.wrap(new byte[] {(byte) 0xfe}))
                .headers(List.of(new Header("h", Bytes.wrap(new byte[] {(byte) 0xfd})), new Header("n", null)))
                .build();

        JsonNode json = json(event);

        assertThat(json.get("key_base64").asString()).isEqualTo("/w==");
        assertThat(json.get("data_base64").asString()).isEqualTo("/g==");
        assertThat(json.get("headers").get(0).get("value_base64").asString()).isEqualTo("/Q==");
        assertThat(json.get("headers").get(1).get("value").isNull()).isTrue();
    }

    @Test
    void aDeletionMarkerHasNullDataAndWhatIsAbsentIsLeftOut() {
        JsonNode json = json(Event.builder().key("k").build());

        assertThat(json.get("data").isNull()).isTrue();
        assertThat(json.has("time")).isFalse();
        assertThat(json.has("type")).isFalse();
    }

    @Test
    void everyAttributeHasItsCloudEventsName() {
        JsonNode json = json(Event.builder()
                .id("1")
                .source("/s")
                .type("t")
                .subject("u")
                .time(NOON)
                .dataSchema("urn:s")
                .extensions(Map.of("traceparent", "00"))
                .data("x")
                .build());

        assertThat(json.propertyNames())
                .containsExactly(
                        "topic",
                        "partition",
                        "offset",
                        "record_time",
                        "id",
                        "source",
                        "type",
                        "subject",
                        "time",
                        "dataschema",
                        "traceparent",
                        "data");
    }

    @Test
    void rawIsThePayloadAndALineFeed() {
        assertThat(written(EventFormat.raw, event("a\nb"), event("c"))).isEqualTo("a\nb\nc\n");
    }

    @Test
    void aTableShowsNoControlCharactersAndKeepsToTheWidth() {
        String table = written(EventFormat.table, event("x\u001b[31m\ny" + "z".repeat(300)));

        assertThat(table.lines()).hasSize(2).allMatch(line -> line.length() <= 100);
        assertThat(table)
                .contains("PLACE")
                .contains("2:7")
                .contains("x.[31m.yz")
                .doesNotContain("\u001b");
    }

    @Test
    void aTableOfSeveralTopicsTellsTheTopicOfEachEvent() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOut out = new DataOut(bytes);
        EventWriter writer = new TableWriter(out, 120, true);
        writer.write(new DeliveredEvent(TOPIC, 2, 7, NOON, event("jam")));
        writer.write(new DeliveredEvent(new TopicName("x".repeat(249)), 2, 7, NOON, event("tea")));
        out.flush();

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("orders/2:7 ")
                .contains("x…/2:7 ")
                .satisfies(table -> assertThat(table.lines()).allMatch(line -> line.length() <= 120));
    }

    @Test
    void anEventThatIsNotTheOneThatWasPublishedIsMarked() {
        DeliveredEvent broken = new DeliveredEvent(TOPIC, 2, 7, NOON, event("jam"), true);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOut out = new DataOut(bytes);
        new TableWriter(out, 120, false).write(broken);
        out.flush();

        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("2:7! ");
        assertThat(EventJson.object(broken).get("checksum_failed").asBoolean()).isTrue();
        assertThat(json(event("jam")).has("checksum_failed")).isFalse();
    }

    private static Event event(String data) {
        return Event.builder().data(data).build();
    }

    private static JsonNode data(String contentType, String data) {
        return json(Event.builder().dataContentType(contentType).data(data).build())
                .get("data");
    }

    private static JsonNode json(Event event) {
        return Json.mapper().readTree(written(EventFormat.jsonl, event));
    }

    private static String written(EventFormat format, Event... events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                new DataOut(bytes),
                System.err,
                Console.Terminal.NONE,
                new Interrupts(() -> {}));
        EventWriter writer = format.writer(console, false);
        for (Event event : events) {
            writer.write(new DeliveredEvent(TOPIC, 2, 7, NOON, event));
        }
        writer.end();
        console.out().flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
