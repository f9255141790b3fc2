// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.cli.console.DataOut;
import io.millrace.core.event.Bytes;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Columns for a person: place (with the topic where several are read), time (of the fact, else of the record, in the local zone), key, type, and as much of the
 * payload as the line has room for. A place with {@code !} has an event whose checksum is wrong. Control characters are shown as dots, so an event cannot write to the terminal.
 */
final class TableWriter implements EventWriter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final int PLACE = 12;
    private static final int TOPIC = 16;
    private static final int KEY = 14;
    private static final int TYPE = 16;
    private static final int LEAST_DATA = 20;

    private final DataOut out;
    private final boolean severalTopics;
    private final int placeColumns;
    private final int dataColumns;
    private boolean begun;

    TableWriter(DataOut out, int columns, boolean severalTopics) {
        this.out = out;
        this.severalTopics = severalTopics;
        this.placeColumns = severalTopics ? TOPIC + 1 + PLACE : PLACE;
        this.dataColumns = Math.max(LEAST_DATA, columns - placeColumns - 23 - KEY - TYPE - 4);
    }

    @Override
    public void write(DeliveredEvent delivered) {
        if (!begun) {
            begun = true;
            row("PLACE", "TIME", "KEY", "TYPE", "DATA");
        }
        var event = delivered.event();
        row(
                place(delivered),
                TIME.format(event.time() == null ? delivered.recordTime() : event.time()),
                text(event.key(), "-"),
                event.type().isEmpty() ? "-" : event.type(),
                text(event.data(), "(deleted)"));
    }

    private String place(DeliveredEvent delivered) {
        String place = delivered.partition() + ":" + delivered.offset() + (delivered.checksumFailed() ? "!" : "");
        return severalTopics ? cut(delivered.topic().value(), TOPIC) + "/" + place : place;
    }

    private void row(String place, String time, String key, String type, String data) {
        String line = pad(place, placeColumns)
                + ' '
                + pad(time, 23)
                + ' '
                + pad(cut(key, KEY), KEY)
                + ' '
                + pad(cut(type, TYPE), TYPE)
                + ' '
                + cut(data, dataColumns);
        out.line(line.stripTrailing());
    }

    private static String text(@Nullable Bytes bytes, String absent) {
        if (bytes == null) {
            return absent;
        }
        return EventJson.strictUtf8(bytes).map(TableWriter::printable).orElse("(" + bytes + ")");
    }

    private static String printable(String text) {
        return text.chars()
                .map(c -> Character.isISOControl(c) ? '.' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String cut(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, columns - 1) + "…";
    }

    private static String pad(String text, int columns) {
        return text.length() >= columns ? text : text + " ".repeat(columns - text.length());
    }
}
