// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.output.Json;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** One JSON value per line (NDJSON, JSON Lines). The payload is the line as it stands; blank lines are passed over. */
final class JsonLineReader implements InputReader {
    private final LineReader lines;

    JsonLineReader(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public @Nullable InputRecord next() throws IOException {
        InputRecord line = lines.next();
        while (line != null && isBlank(line.data())) {
            line = lines.next();
        }
        return line == null ? null : new InputRecord(line.line(), line.data(), parsed(line));
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private static JsonNode parsed(InputRecord line) throws BadInputException {
        try {
            return Json.mapper().readTree(line.data());
        } catch (JacksonException e) {
            throw new BadInputException(
                    line.line(),
                    "not JSON: " + firstSentence(e) + "; correct it, or publish any text with --format lines");
        }
    }

    static String firstSentence(JacksonException e) {
        String message = e.getOriginalMessage();
        int lineFeed = message.indexOf('\n');
        String first = lineFeed < 0 ? message : message.substring(0, lineFeed);
        int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
        return column > 0 ? first + " (column " + column + ")" : first;
    }

    private static boolean isBlank(byte[] data) {
        for (byte b : data) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
