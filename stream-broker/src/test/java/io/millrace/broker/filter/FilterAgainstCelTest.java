// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The conditions over bytes answer what CEL's own interpreter answers, over 100,000 generated pairs. */
class FilterAgainstCelTest {
    private static final int EXPRESSIONS = 2_000;
    private static final int EVENTS = 50;
    private static final String[] TEXTS = {"", "a", "b", "ab", "ba", "größe", "日本", "𝄞a", "\uFFFD", "x".repeat(200)};
    private static final String[] NAMES = {"tenant", "eu", "tier"};
    private static final String[] VARIABLES = {"type", "event.type", "source", "subject", "key", "event.id"};

    private final SplittableRandom random = new SplittableRandom(20261124);

    @Test
    void everyPairOfFilterAndEventIsDecidedAsCelDecidesIt() throws Exception {
        byte[][] frames = new byte[EVENTS][];
        int passed = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            String expression = condition(3);
            Filter filter = Filter.compile(expression);
            CelProgram cel = new CelProgram(CelEnvironment.checked(expression));
            assertThat(filter.isFast()).as(expression).isTrue();
            for (int j = 0; j < EVENTS; j++) {
                byte[] frame = i % 100 == 0 || frames[j] == null ? FramedEvents.framed(event()) : frames[j];
                frames[j] = frame;
                boolean passes = filter.matches(frame, 0, frame.length);
                if (passes != cel.test(frame, 0, frame.length)) {
                    throw new AssertionError("seed 20261124, pair " + i + "/" + j + ": " + expression);
                }
                passed += passes ? 1 : 0;
            }
        }
        assertThat(passed).isBetween(EXPRESSIONS * EVENTS / 5, EXPRESSIONS * EVENTS * 4 / 5);
    }

    private String condition(int depth) {
        int kind = random.nextInt(depth == 0 ? 8 : 14);
        return switch (kind) {
            case 0 -> text() + " == " + text();
            case 1 -> text() + " != " + text();
            case 2 -> text() + " in [" + text() + ", " + literal() + ", " + literal() + "]";
            case 3 -> text() + ".startsWith(" + text() + ")";
            case 4 -> text() + ".endsWith(" + text() + ")";
            case 5 -> text() + ".contains(" + literal() + ")";
            case 6 -> "has(attributes." + name() + ")";
            case 7 -> random.nextInt(4) == 0 ? "true" : "'" + name() + "' in event.attributes";
            case 8, 9 -> "!(" + condition(depth - 1) + ")";
            case 10, 11 -> condition(depth - 1) + " && " + condition(depth - 1);
            case 12 -> condition(depth - 1) + " || " + condition(depth - 1);
            default -> "(" + condition(depth - 1) + " || " + condition(depth - 1) + ")";
        };
    }

    private String text() {
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> VARIABLES[random.nextInt(VARIABLES.length)];
            case 3 -> "attributes." + name();
            case 4 -> "event.attributes[\"" + name() + "\"]";
            default -> literal();
        };
    }

    private String literal() {
        return "'" + TEXTS[random.nextInt(TEXTS.length)] + "'";
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)];
    }

    private String any() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private Event event() {
        Map<String, String> extensions = new HashMap<>();
        for (String name : NAMES) {
            if (random.nextBoolean()) {
                extensions.put(name, any());
            }
        }
        Event.Builder event = Event.builder()
                .id(any())
                .source(any())
                .type(any())
                .subject(any())
                .extensions(extensions)
                .data("x".repeat(random.nextInt(40_000)));
        if (random.nextBoolean()) {
            event.key(any());
        } else if (random.nextBoolean()) {
            byte[] binary = new byte[random.nextInt(4)];
            random.nextBytes(binary);
            event.key(Bytes.wrap(binary));
        }
        return event.build();
    }
}
