// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.record;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/**
 * Times as text, read and written as the JDK does it. The form that nearly all of them have, {@code
 * 2026-01-31T23:59:59.123Z} with up to nine digits behind the point, takes a short way; the JDK's formatters are the
 * largest part of what it costs to make an event of a record.
 */
final class Rfc3339 {
    private static final long SECONDS_PER_DAY = 86_400;
    private static final int DATE_AND_TIME = "2026-01-31T23:59:59".length();
    private static final int MAX_DIGITS = 9;

    /** The years 0 to 9999, in seconds. */
    private static final long FIRST_SECOND =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();

    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private Rfc3339() {}

    /** True for the years 0 to 9999, which RFC 3339 can say. */
    static boolean isWithinCalendar(Instant time) {
        return time.getEpochSecond() >= FIRST_SECOND && time.getEpochSecond() <= LAST_SECOND;
    }

    /** As {@link OffsetDateTime#parse(CharSequence)}. Throws {@link java.time.DateTimeException}. */
    static Instant parse(String text) {
        int length = text.length();
        boolean usual = length > DATE_AND_TIME
                && length <= DATE_AND_TIME + 1 + MAX_DIGITS + 1
                && text.charAt(length - 1) == 'Z'
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':';
        int year = usual ? number(text, 0, 4) : -1;
        int month = usual ? number(text, 5, 7) : -1;
        int day = usual ? number(text, 8, 10) : -1;
        int hour = usual ? number(text, 11, 13) : -1;
        int minute = usual ? number(text, 14, 16) : -1;
        int second = usual ? number(text, 17, 19) : -1;
        int nanos = usual ? nanos(text, length - 1) : -1;
        if ((year | month | day | hour | minute | second | nanos) < 0 || hour > 23 || minute > 59 || second > 59) {
            return OffsetDateTime.parse(text).toInstant();
        }
        long days = LocalDate.of(year, month, day).toEpochDay();
        return Instant.ofEpochSecond(days * SECONDS_PER_DAY + hour * 3_600L + minute * 60L + second, nanos);
    }

    /** The bytes of {@link Instant#toString}. */
    static byte[] format(Instant time) {
        if (!isWithinCalendar(time)) {
            return time.toString().getBytes(StandardCharsets.US_ASCII);
        }
        long days = Math.floorDiv(time.getEpochSecond(), SECONDS_PER_DAY);
        int ofDay = (int) Math.floorMod(time.getEpochSecond(), SECONDS_PER_DAY);
        LocalDate date = LocalDate.ofEpochDay(days);
        int digits = digits(time.getNano());
        byte[] text = new byte[DATE_AND_TIME + (digits == 0 ? 0 : 1 + digits) + 1];
        put(text, 0, 4, date.getYear());
        text[4] = '-';
        put(text, 5, 7, date.getMonthValue());
        text[7] = '-';
        put(text, 8, 10, date.getDayOfMonth());
        text[10] = 'T';
        put(text, 11, 13, ofDay / 3_600);
        text[13] = ':';
        put(text, 14, 16, ofDay / 60 % 60);
        text[16] = ':';
        put(text, 17, 19, ofDay % 60);
        if (digits > 0) {
            text[DATE_AND_TIME] = '.';
            int unit = digits == 3 ? 1_000_000 : digits == 6 ? 1_000 : 1;
            put(text, DATE_AND_TIME + 1, DATE_AND_TIME + 1 + digits, time.getNano() / unit);
        }
        text[text.length - 1] = 'Z';
        return text;
    }

    /** As many as it takes, in threes. */
    private static int digits(int nanos) {
        if (nanos == 0) {
            return 0;
        }
        return nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
    }

    private static void put(byte[] text, int from, int to, int number) {
        int rest = number;
        for (int i = to - 1; i >= from; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** The fraction between the seconds and the end: 0 where there is none, -1 where it is something else. */
    private static int nanos(String text, int to) {
        if (to == DATE_AND_TIME) {
            return 0;
        }
        if (text.charAt(DATE_AND_TIME) != '.' || to == DATE_AND_TIME + 1) {
            return -1;
        }
        int nanos = number(text, DATE_AND_TIME + 1, to);
        for (int digits = to - DATE_AND_TIME - 1; digits < MAX_DIGITS && nanos >= 0; digits++) {
            nanos *= 10;
        }
        return nanos;
    }

    /** The number that these digits are, or -1 where one of them is none. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
