// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event as one JSON object with CloudEvents names, its place first. What is absent is left out.
 *
 * <p>Bytes have one of three forms: a JSON payload is embedded as JSON, text is a string, and what is neither stands in
 * base64 under a name that ends in {@code _base64}. A deletion marker has {@code "data": null}.
 */
final class EventJson {
    private EventJson() {}

    static String text(DeliveredEvent delivered) {
        return object(delivered).toString();
    }

    static ObjectNode object(DeliveredEvent delivered) {
        Event event = delivered.event();
        ObjectNode json = Json.object();
        json.put("topic", delivered.topic().value());
        json.put("partition", delivered.partition());
        json.put("offset", delivered.offset());
        json.put("record_time", delivered.recordTime().toString());
        if (delivered.checksumFailed()) {
            json.put("checksum_failed", true);
        }
        putText(json, "id", event.id());
        putText(json, "source", event.source());
        putText(json, "type", event.type());
        putText(json, "subject", event.subject());
        if (event.time() != null) {
            json.put("time", event.time().toString());
        }
        putText(json, "datacontenttype", event.dataContentType());
        putText(json, "dataschema", event.dataSchema());
        new TreeMap<>(event.extensions()).forEach(json::put);
        if (event.key() != null) {
            putBytes(json, "key", event.key());
        }
        putHeaders(json, event);
        putData(json, event);
        return json;
    }

    private static void putHeaders(ObjectNode json, Event event) {
        if (event.headers().isEmpty()) {
            return;
        }
        ArrayNode headers = json.putArray("headers");
        for (Header header : event.headers()) {
            ObjectNode entry = headers.addObject().put("name", header.name());
            if (header.value() == null) {
                entry.putNull("value");
            } else {
                putBytes(entry, "value", header.value());
            }
        }
    }

    private static void putData(ObjectNode json, Event event) {
        Bytes data = event.data();
        if (data == null) {
            json.putNull("data");
            return;
        }
        JsonNode embedded = embedded(event, data);
        if (embedded != null) {
            json.set("data", embedded);
        } else {
            putBytes(json, "data", data);
        }
    }

    private static @Nullable JsonNode embedded(Event event, Bytes data) {
        if (!claimsJson(event.dataContentType(), data)) {
            return null;
        }
        try {
            JsonNode node = Json.mapper().readTree(data.array());
            return node.isMissingNode() ? null : node;
        } catch (JacksonException e) {
            return null; // it only claims to be JSON
        }
    }

    private static boolean claimsJson(String contentType, Bytes data) {
        if (contentType.isEmpty()) {
            return data.length() > 0 && (data.array()[0] == '{' || data.array()[0] == '[');
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        int semicolon = type.indexOf(';');
        String bare = (semicolon < 0 ? type : type.substring(0, semicolon)).trim();
        return bare.equals("application/json") || bare.endsWith("+json");
    }

    private static void putText(ObjectNode json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }

    private static void putBytes(ObjectNode json, String name, Bytes bytes) {
        strictUtf8(bytes)
                .ifPresentOrElse(
                        text -> json.put(name, text),
                        () -> json.put(name + "_base64", Base64.getEncoder().encodeToString(bytes.array())));
    }

    static Optional<String> strictUtf8(Bytes bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.array()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
