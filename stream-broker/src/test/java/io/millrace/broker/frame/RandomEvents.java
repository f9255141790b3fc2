// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.log.Integrity;
import io.millrace.core.log.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Events of every kind, from a seed. */
public final class RandomEvents {
    private static final String[] TEXTS = {"", "a", "orders", "größer", "日本語", "𝄞 clef", "x".repeat(300)};

    private final SplittableRandom random;

    public RandomEvents(long seed) {
        random = new SplittableRandom(seed);
    }

    /** At this offset. */
    public StoredEvent stored(long offset) {
        return new StoredEvent(offset, random.nextLong(-5_000_000L, 5_000_000_000_000L), event(), integrity());
    }

    private Integrity integrity() {
        return random.nextInt(4) == 0 ? Integrity.BROKEN : Integrity.SOUND;
    }

    /** Any event. */
    public Event event() {
        Event.Builder event = Event.builder()
                .id(text())
                .source(text())
                .type(text())
                .subject(text())
                .dataContentType(text())
                .dataSchema(text())
                .extensions(extensions())
                .headers(headers());
        if (random.nextBoolean()) {
            event.time(Instant.ofEpochSecond(random.nextLong(-62_135_596_800L, 253_402_300_800L), nanos()));
        }
        if (random.nextBoolean()) {
            event.key(bytes());
        }
        if (random.nextInt(8) > 0) {
            event.data(bytes());
        }
        if (random.nextInt(4) == 0) {
            event.timeToLive(Duration.ofSeconds(random.nextLong(0, 1_000_000), nanos()));
        }
        if (random.nextInt(4) == 0) {
            event.deliverAt(Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L), nanos()));
        }
        return event.build();
    }

    private int nanos() {
        return random.nextBoolean() ? 0 : random.nextInt(1_000_000_000);
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private Bytes bytes() {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(200)];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    private Map<String, String> extensions() {
        Map<String, String> extensions = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            extensions.put("ext" + i, text());
        }
        return extensions;
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(new Header(text(), random.nextInt(4) == 0 ? null : bytes()));
        }
        return headers;
    }
}
