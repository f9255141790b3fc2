// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.output.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** CSV as RFC 4180 has it, with a line of column names. Each row is an event: a JSON object of texts by column. */
final class CsvReader implements InputReader {
    private final CSVParser parser;
    private final Iterator<CSVRecord> rows;
    private final List<String> columns;

    CsvReader(InputStream in) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setIgnoreEmptyLines(true)
                .get();
        try {
            parser = CSVParser.builder()
                    .setFormat(format)
                    .setReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .get();
        } catch (IllegalArgumentException e) {
            throw new BadInputException(1, "not a line of column names: " + e.getMessage());
        }
        rows = parser.iterator();
        columns = parser.getHeaderNames();
    }

    @Override
    public @Nullable InputRecord next() throws IOException {
        long before = parser.getCurrentLineNumber();
        CSVRecord row = nextRow();
        if (row == null) {
            return null;
        }
        long line = before + 1;
        if (row.size() != columns.size()) {
            throw new BadInputException(
                    line, row.size() + " fields, but there are " + columns.size() + " columns; correct the row");
        }
        ObjectNode json = Json.object();
        for (int i = 0; i < row.size(); i++) {
            json.put(columns.get(i), row.get(i));
        }
        byte[] data = json.toString().getBytes(StandardCharsets.UTF_8);
        if (data.length > Limits.MAX_EVENT_BYTES) {
            throw Limits.tooLarge(line, data.length);
        }
        return new InputRecord(line, data, json);
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    private @Nullable CSVRecord nextRow() throws IOException {
        try {
            return rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException e) {
            throw new BadInputException(parser.getCurrentLineNumber() + 1, "not CSV: " + e.getMessage());
        }
    }
}
