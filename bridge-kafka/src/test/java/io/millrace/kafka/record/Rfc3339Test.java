// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
    private static final int[] UNITS = {1_000_000_000, 1_000_000, 1_000, 1, 10_000_000};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void timesAreWrittenAndReadAsTheJdkDoesIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 50_000; i++) {
            int unit = UNITS[random.nextInt(UNITS.length)];
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-70_000_000_000L, 260_000_000_000L), random.nextInt(1_000_000_000) / unit * unit);
            String text = new String(Rfc3339.format(time), StandardCharsets.US_ASCII);

            assertThat(text).isEqualTo(time.toString());
            assertThat(read(text)).isEqualTo(readByTheJdk(text));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverElseIsReadOrRefusedAsTheJdkDoesIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder("2024-02-28T23:59:58.123456789Z");
            text.delete(19 + random.nextInt(11), 29);
            int at = random.nextInt(text.length());
            text.setCharAt(at, "0123456789-:.TZtz+ \uFF11".charAt(random.nextInt(20)));
            if (random.nextBoolean()) {
                text.setCharAt(random.nextInt(text.length()), (char) ('0' + random.nextInt(10)));
            }

            assertThat(read(text.toString())).as(text.toString()).isEqualTo(readByTheJdk(text.toString()));
            read += read(text.toString()).isPresent() ? 1 : 0;
        }
        assertThat(read).as("texts that are times").isBetween(1_000, 49_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-02-29T00:00:00Z",
                "2024-02-29T00:00:00.1Z",
                "2024-02-29T01:02+01:00",
                "2024-02-29T01:02:03.5-11:30",
                "+12024-02-29T01:02:03Z",
                "-0001-02-28T01:02:03Z"
            })
    void otherFormsOfTimesAreRead(String text) {
        assertThat(Rfc3339.parse(text)).isEqualTo(OffsetDateTime.parse(text).toInstant());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "now",
                "2023-02-29T00:00:00Z",
                "2024-13-01T00:00:00Z",
                "2024-01-01T24:00:00Z",
                "2024-01-01T00:60:00Z",
                "2024-01-01T00:00:60Z",
                "2024-01-01T00:00:00.1234567890Z"
            })
    void whatIsNoTimeIsRefused(String text) {
        assertThatExceptionOfType(DateTimeException.class).isThrownBy(() -> Rfc3339.parse(text));
    }

    @Test
    void yearsOfMoreThanFourDigitsAreWritten() {
        Instant late = Instant.parse("+12024-02-29T01:02:03Z");
        assertThat(new String(Rfc3339.format(late), StandardCharsets.US_ASCII)).isEqualTo(late.toString());
    }

    private static Optional<Instant> read(String text) {
        try {
            return Optional.of(Rfc3339.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> readByTheJdk(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
