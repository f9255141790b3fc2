// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Function;

/** A point in time as people write it. */
public final class Moment {
    private Moment() {}

    /**
     * An ISO 8601 date or time; one without a zone is in UTC, so that a script means the same everywhere. Nothing where
     * the text is none.
     */
    public static Optional<Instant> parse(String text) {
        return attempt(text, Instant::parse)
                .or(() -> attempt(text, t -> OffsetDateTime.parse(t).toInstant()))
                .or(() -> attempt(text, t -> LocalDateTime.parse(t).toInstant(ZoneOffset.UTC)))
                .or(() -> attempt(
                        text,
                        t -> LocalDate.parse(t).atStartOfDay(ZoneOffset.UTC).toInstant()));
    }

    /** The time of so many seconds or milliseconds since 1970; above 10^11 it is milliseconds (in seconds: year 5138). */
    public static Optional<Instant> ofEpoch(double value) {
        double millis = Math.abs(value) >= 1e11 ? value : value * 1e3;
        try {
            return Double.isFinite(millis) && Math.abs(millis) < 2.5e14
                    ? Optional.of(Instant.ofEpochMilli(Math.round(millis)))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> attempt(String text, Function<String, Instant> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
