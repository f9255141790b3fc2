// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.output.Json;
import io.millrace.core.event.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;

/** 20,000 real flights as events; where they come from is said in PROVENANCE.md beside them. */
final class Flights {
    private static final String RESOURCE = "flights-20k.ndjson.gz";
    private static final String ID_PREFIX = "flight-";
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm");

    private Flights() {}

    /** The first of them in order of time, keyed by the airport of origin; the id tells the place in this list. */
    static List<Event> load(int count) {
        try (InputStream packed = Objects.requireNonNull(Flights.class.getResourceAsStream(RESOURCE));
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8))) {
            List<Event> flights = new ArrayList<>(count);
            for (String line = lines.readLine(); line != null && flights.size() < count; line = lines.readLine()) {
                flights.add(flight(flights.size(), line));
            }
            return List.copyOf(flights);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The place in the list of the flight with this id; nothing where it is no such id. */
    static OptionalInt indexOf(String id) {
        return id.matches(ID_PREFIX + "\\d{5}")
                ? OptionalInt.of(Integer.parseInt(id.substring(ID_PREFIX.length())))
                : OptionalInt.empty();
    }

    private static Event flight(int index, String line) {
        JsonNode json = Json.mapper().readTree(line);
        return Event.builder()
                .id(ID_PREFIX + String.format(Locale.ROOT, "%05d", index))
                .source("/millrace/demo")
                .type("flight.departed")
                .subject(json.get("origin").asString() + "-"
                        + json.get("destination").asString())
                .time(LocalDateTime.parse(json.get("date").asString(), DATE).toInstant(ZoneOffset.UTC))
                .dataContentType("application/json")
                .key(json.get("origin").asString())
                .data(line)
                .build();
    }
}
