// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Events of every kind, the same ones for the same seed: each part is absent, empty, ordinary or strange. */
final class RandomEvents {
    private static final long FIRST_SECOND =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final int NANOS = 1_000_000_000;
    private static final String[] SIGNS = {"a", "Z", "7", " ", "\u0000", "\n", "ä", "€", "漢", "😀", "\uFFFD", "e\u0301"
    };
    private static final String[] HEADER_NAMES = {"", "own", "Own", "ce", "x-ce_id", "trace", "漢"};

    private final SplittableRandom random;

    RandomEvents(SplittableRandom random) {
        this.random = random;
    }

    Event next() {
        Event.Builder event = Event.builder()
                .key(orAbsent(this::bytes))
                .data(orAbsent(this::bytes))
                .headers(headers());
        return random.nextInt(4) == 0 ? event.build() : withAttributes(event).build();
    }

    private Event.Builder withAttributes(Event.Builder event) {
        return event.id(text())
                .source(text())
                .type(text())
                .subject(text())
                .time(orAbsent(this::instant))
                .dataContentType(text())
                .dataSchema(text())
                .timeToLive(orAbsent(this::duration))
                .deliverAt(orAbsent(this::instant))
                .extensions(extensions());
    }

    private <T> @Nullable T orAbsent(Supplier<T> part) {
        return random.nextInt(3) == 0 ? null : part.get();
    }

    private Bytes bytes() {
        byte[] bytes = new byte[random.nextInt(5) == 0 ? 0 : random.nextInt(300)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return Bytes.wrap(bytes);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12) - 4; i > 0; i--) {
            text.append(SIGNS[random.nextInt(SIGNS.length)]);
        }
        return text.toString();
    }

    private Instant instant() {
        return Instant.ofEpochSecond(random.nextLong(FIRST_SECOND, LAST_SECOND + 1), nanos());
    }

    private Duration duration() {
        return Duration.ofSeconds(random.nextLong(-100_000, 10_000_000_000L), nanos());
    }

    /** Whole seconds, milliseconds and nanoseconds are written differently. */
    private int nanos() {
        return switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1_000) * 1_000_000;
            default -> random.nextInt(NANOS);
        };
    }

    private Map<String, String> extensions() {
        Map<String, String> extensions = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            extensions.put("ext" + random.nextInt(10), text());
        }
        return extensions;
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            String name = HEADER_NAMES[random.nextInt(HEADER_NAMES.length)];
            headers.add(new Header(name, orAbsent(this::bytes)));
        }
        return headers;
    }
}
