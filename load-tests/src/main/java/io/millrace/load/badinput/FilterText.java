// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import java.util.List;
import java.util.SplittableRandom;

/** Filters by the grammar of CEL: right ones, ones that mean nothing, and ones that are nested too deeply. */
final class FilterText {
    private static final int MOST_DEPTH = 4;
    private static final List<String> TEXTS = List.of(
            "event.type",
            "event.source",
            "event.subject",
            "event.id",
            "event.key",
            "event.attributes['a']",
            "event.attributes.b",
            "'x'",
            "\"order\"",
            "''",
            "r'\\n'",
            "'\\U0001F642'");
    private static final List<String> NUMBERS = List.of(
            "0", "-1", "9223372036854775807", "9223372036854775808", "1u", "1.5e308", "size(event.type)", "0x7F");
    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=", "in", "=", "===");
    private static final List<String> FUNCTIONS = List.of("startsWith", "endsWith", "contains", "matches", "sighs");
    private static final List<String> ENTIRE = List.of(
            "true",
            "false",
            "event",
            "event.typ == 'x'",
            "1/0 == 1",
            "[1,2,3].exists(x, x > 2)",
            "[1,2,3].map(x, [1,2,3].map(y, x * y)).size() > 1",
            "event.attributes.all(k, k != '')",
            "has(event.attributes.a)",
            "{'a': 1}['b'] == 1",
            "duration('1s') > duration('0s')",
            "timestamp('2026-01-01T00:00:00Z') < timestamp(0)",
            "dyn(event.type) + 1 == 2",
            "type(event.type) == string",
            "'a' in event.attributes",
            "null",
            "b'\\xff' == b''");

    private final SplittableRandom random;

    FilterText(SplittableRandom random) {
        this.random = random;
    }

    String expression() {
        return switch (random.nextInt(12)) {
            case 0 -> deep();
            case 1 -> broken();
            case 2, 3 -> Words.one(ENTIRE, random);
            case 4 -> " || event.type == 'x'".repeat(1 + random.nextInt(300)).substring(4);
            default -> condition(0);
        };
    }

    private String condition(int depth) {
        if (depth >= MOST_DEPTH) {
            return "true";
        }
        return switch (random.nextInt(6)) {
            case 0 -> "(" + condition(depth + 1) + " && " + condition(depth + 1) + ")";
            case 1 -> condition(depth + 1) + " || " + condition(depth + 1);
            case 2 -> "!" + condition(depth + 1);
            case 3 -> text() + "." + Words.one(FUNCTIONS, random) + "(" + text() + ")";
            case 4 -> number() + " " + Words.one(COMPARISONS, random) + " " + number();
            default -> text() + " " + Words.one(COMPARISONS, random) + " " + (random.nextInt(8) == 0 ? list() : text());
        };
    }

    private String list() {
        return "[" + text() + ", " + text() + "]";
    }

    private String deep() {
        int depth = 1 + random.nextInt(600);
        return switch (random.nextInt(4)) {
            case 0 -> "(".repeat(depth) + "true" + ")".repeat(depth);
            case 1 -> "!".repeat(depth) + "true";
            case 2 -> "[".repeat(depth) + "]".repeat(depth) + " == []";
            default -> "true ? (".repeat(depth) + "true" + ") : false".repeat(depth);
        };
    }

    /** A right one, and something in the middle of it that does not belong there. */
    private String broken() {
        String right = condition(0);
        int at = random.nextInt(right.length() + 1);
        String stray =
                Words.one(List.of("'", "\"", "(", "]", "\\", "\0", "\u2028", "//", "&&", "\n", "🙂", "`"), random);
        return right.substring(0, at) + stray + right.substring(at);
    }

    private String text() {
        return Words.one(TEXTS, random);
    }

    private String number() {
        return Words.one(NUMBERS, random);
    }
}
