// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How events stand in the input. */
enum InputFormat {
    /** One event per line, any bytes. */
    lines,
    /** One JSON value per line. */
    jsonl,
    /** A JSON array, or JSON values one after another. */
    json,
    /** A line of column names, then one event per line. */
    csv,
    /** The whole input is one event. */
    raw;

    /** What the name of a file says, {@link #lines} where it says nothing. {@code .gz} does not count. */
    static InputFormat guess(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        String bare = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        if (bare.endsWith(".ndjson") || bare.endsWith(".jsonl")) {
            return jsonl;
        }
        if (bare.endsWith(".json")) {
            return json;
        }
        return bare.endsWith(".csv") ? csv : lines;
    }

    /** True where every event is JSON, so that parts of it can be pointed at. */
    boolean isJson() {
        return this == jsonl || this == json || this == csv;
    }

    /** A reader of this format; compressed input is recognized by its first bytes. */
    InputReader reader(InputStream in) throws IOException {
        InputStream plain = unzipped(in);
        return switch (this) {
            case lines -> new LineReader(plain);
            case jsonl -> new JsonLineReader(new LineReader(plain));
            case json -> new JsonDocumentReader(plain);
            case csv -> new CsvReader(plain);
            case raw -> new RawReader(plain);
        };
    }

    /** Looks at the second byte only when the first one fits: somebody who types an empty line must not wait. */
    private static InputStream unzipped(InputStream in) throws IOException {
        BufferedInputStream buffered =
                in instanceof BufferedInputStream already ? already : new BufferedInputStream(in, 64 * 1024);
        buffered.mark(2);
        boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered, 64 * 1024) : buffered;
    }
}
