// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 10s}, {@code 1.5s}, {@code 5m}, {@code 2h}, {@code 7d}. */
public final class Durations {
    /** What every message about a wrong duration says. */
    public static final String FORM = "a number and a unit: 500ms, 10s, 5m, 2h or 7d";

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");

    private Durations() {}

    /** The duration of a text. Throws IllegalArgumentException when it is none. */
    public static Duration parse(String text) {
        Matcher matcher = SHAPE.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration; write " + FORM);
        }
        double nanos = Double.parseDouble(matcher.group(1)) * nanosOf(matcher.group(2));
        if (nanos > Long.MAX_VALUE) {
            throw new IllegalArgumentException("'" + text + "' is longer than 290 years");
        }
        return Duration.ofNanos(Math.round(nanos));
    }

    /** The same in reverse, for messages: {@code 500ms}, {@code 10s}, {@code 1.5s}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + "ms";
        }
        return millis % 1000 == 0
                ? millis / 1000 + "s"
                : String.format(Locale.ROOT, "%.3f", millis / 1e3).replaceAll("0+$", "") + "s";
    }

    /** Seconds to one digit, for summaries: {@code 0.4 s}. */
    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
    }

    private static double nanosOf(String unit) {
        return switch (unit) {
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3_600e9;
            default -> 86_400e9;
        };
    }
}
