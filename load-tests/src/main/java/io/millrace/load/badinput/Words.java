// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a request may name so that it gets somewhere: topics that are there, places and page tokens as the server gave
 * them out. Immutable.
 *
 * @param places serialized places
 * @param pageTokens tokens of pages
 */
record Words(List<byte[]> places, List<String> pageTokens) {
    /** Topics that nobody deletes on purpose. */
    static final List<String> TOPICS = List.of("orders", "orders.eu", "payments");

    /** Topics that come and go. */
    static final List<String> PASSING =
            IntStream.range(0, 8).mapToObj(number -> "passing-" + number).toList();

    private static final List<String> RESOURCES = Stream.of(TOPICS, PASSING)
            .flatMap(List::stream)
            .flatMap(topic -> Stream.of(topic, "namespaces/default/topics/" + topic))
            .toList();
    private static final List<String> SELECTED = Stream.concat(
                    RESOURCES.stream(), Stream.of("orders.*", "orders.>", "passing-0", "none.*"))
            .toList();
    private static final List<String> SETTINGS = List.of(
            "retention.ms", "retention.bytes", "max.message.bytes", "cleanup.policy", "segment.bytes", "nonsense");
    private static final List<String> SETTING_VALUES = List.of("-1", "0", "1", "1000000", "delete", "compact", "");
    private static final List<String> PATHS =
            List.of("partitions", "config", "config.retention.ms", "config.retention.bytes", "name", "config.");
    private static final List<String> SYMBOLS = List.of(
            "millrace.v1.TopicService",
            "millrace.v1.Event",
            "millrace/v1/event.proto",
            "grpc.health.v1.Health",
            "",
            "*");
    private static final List<String> NAMES = List.of("a", "type", "com.example.order", "p-1", "2026-01-01", "ä", "0");

    /** None of any server. */
    static final Words NONE = new Words(List.of(), List.of());

    Words {
        places = List.copyOf(places);
        pageTokens = List.copyOf(pageTokens);
    }

    /** A text that a field of this name might rightly have. */
    String text(String message, String field, SplittableRandom random) {
        return switch (field) {
            case "topics" -> one(SELECTED, random);
            case "topic", "name" -> message.startsWith("Delete") ? one(PASSING, random) : one(RESOURCES, random);
            case "name_prefix" -> one(List.of("", "o", "orders", "passing", "zz"), random);
            case "page_token" -> pageTokens.isEmpty() ? one(RESOURCES, random) : one(pageTokens, random);
            case "filter" -> new FilterText(random).expression();
            case "paths" -> one(PATHS, random);
            case "key" -> message.equals("ConfigEntry") ? one(SETTINGS, random) : one(NAMES, random);
            case "value" -> message.equals("ConfigEntry") ? one(SETTING_VALUES, random) : one(NAMES, random);
            case "service", "file_by_filename", "file_containing_symbol", "list_services", "containing_type" ->
                one(SYMBOLS, random);
            default -> one(NAMES, random);
        };
    }

    static <T> T one(List<T> things, SplittableRandom random) {
        return things.get(random.nextInt(things.size()));
    }
}
