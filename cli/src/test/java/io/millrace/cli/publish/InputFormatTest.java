// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class InputFormatTest {
    @Test
    void theNameOfAFileTellsItsFormat() {
        assertThat(InputFormat.guess("a.ndjson")).isEqualTo(InputFormat.jsonl);
        assertThat(InputFormat.guess("a.JSONL.gz")).isEqualTo(InputFormat.jsonl);
        assertThat(InputFormat.guess("a.json")).isEqualTo(InputFormat.json);
        assertThat(InputFormat.guess("a.csv.gz")).isEqualTo(InputFormat.csv);
        assertThat(InputFormat.guess("a.txt")).isEqualTo(InputFormat.lines);
        assertThat(InputFormat.guess("-")).isEqualTo(InputFormat.lines);
    }

    @Test
    void linesAreBytesAndKeepEverythingButTheLineFeed() throws IOException {
        assertThat(texts(InputFormat.lines, "a\n\n b\r\nlast")).containsExactly("a", "", " b\r", "last");
        assertThat(texts(InputFormat.lines, "")).isEmpty();
        assertThat(texts(InputFormat.lines, "\n")).containsExactly("");
    }

    @Test
    void aLineMayBeSpreadOverManyReads() throws IOException {
        String line = "x".repeat(300_000);
        InputStream trickle = new ByteArrayInputStream((line + "\nend\n").getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1_000));
            }
        };

        assertThat(texts(InputFormat.lines.reader(trickle))).containsExactly(line, "end");
    }

    @Test
    void aLineOverTheLimitIsAnErrorWithItsNumberAndItsSize() throws IOException {
        InputReader reader = InputFormat.lines.reader(in("ok\n" + "x".repeat(3_000_000) + "\n"));
        reader.next();

        assertThatThrownBy(reader::next)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("3000000");
    }

    @Test
    void aLineOfExactlyTheLimitIsTaken() throws IOException {
        assertThat(texts(InputFormat.lines, "x".repeat(Limits.MAX_EVENT_BYTES) + "\n"))
                .hasSize(1);
    }

    @Test
    void jsonLinesKeepTheirBytesAndBlankOnesAreNoEvents() throws IOException {
        assertThat(texts(InputFormat.jsonl, "{\"a\": 1.50}\n\n  \n[1, 2]\n"))
                .containsExactly("{\"a\": 1.50}", "[1, 2]");
    }

    @Test
    void aLineThatIsNotJsonIsAnErrorWithItsNumber() throws IOException {
        InputReader reader = InputFormat.jsonl.reader(in("1\n\n{\"a\":}\n"));
        reader.next();

        assertThatThrownBy(reader::next).hasMessageStartingWith("line 3: not JSON");
    }

    @Test
    void textAfterAValueOnItsLineIsAnError() throws IOException {
        InputReader reader = InputFormat.jsonl.reader(in("{} {}\n"));

        assertThatThrownBy(reader::next).hasMessageStartingWith("line 1: not JSON");
    }

    @Test
    void aJsonDocumentIsTheElementsOfItsArrayOrItsValues() throws IOException {
        assertThat(texts(InputFormat.json, "[{\"a\": 1},\n {\"a\": 2.50}]"))
                .containsExactly("{\"a\":1}", "{\"a\":2.50}");
        assertThat(texts(InputFormat.json, "{\"a\":1}\n{\"a\":2}")).containsExactly("{\"a\":1}", "{\"a\":2}");
        assertThat(texts(InputFormat.json, "[]")).isEmpty();
    }

    @Test
    void aBrokenJsonDocumentIsAnErrorWithTheLine() throws IOException {
        InputReader reader = InputFormat.json.reader(in("[{\"a\":1},\n{\"a\":oops}]"));
        reader.next();

        assertThatThrownBy(reader::next).hasMessageStartingWith("line 2: not JSON");
    }

    @Test
    void csvRowsAreObjectsByColumn() throws IOException {
        assertThat(texts(InputFormat.csv, "a,b\n1,\"x,\"\"y\"\"\"\n2,\n"))
                .containsExactly("{\"a\":\"1\",\"b\":\"x,\\\"y\\\"\"}", "{\"a\":\"2\",\"b\":\"\"}");
    }

    @Test
    void aCsvRowWithoutAllColumnsIsAnErrorWithItsLine() throws IOException {
        InputReader reader = InputFormat.csv.reader(in("a,b\n1,2\n3\n"));
        reader.next();

        assertThatThrownBy(reader::next).hasMessageStartingWith("line 3: 1 fields");
    }

    @Test
    void rawIsOneEventHoweverManyLinesItHas() throws IOException {
        assertThat(texts(InputFormat.raw, "a\nb\n")).containsExactly("a\nb\n");
        assertThatThrownBy(() -> texts(InputFormat.raw, "x".repeat(Limits.MAX_EVENT_BYTES + 1)))
                .hasMessageContaining("1048577");
    }

    @Test
    void compressedInputIsRecognizedByItsFirstBytes() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("a\nb\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(texts(InputFormat.lines.reader(new ByteArrayInputStream(packed.toByteArray()))))
                .containsExactly("a", "b");
    }

    private static List<String> texts(InputFormat format, String input) throws IOException {
        return texts(format.reader(in(input)));
    }

    private static List<String> texts(InputReader reader) throws IOException {
        List<String> texts = new ArrayList<>();
        for (InputRecord next = reader.next(); next != null; next = reader.next()) {
            texts.add(new String(next.data(), StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
