// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.output.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * A JSON document: each element of its array is an event, or each value where there are several without an array. The
 * payload is the value in compact form.
 */
final class JsonDocumentReader implements InputReader {
    private final JsonParser parser;
    private boolean begun;
    private boolean inArray;

    JsonDocumentReader(InputStream in) {
        this.parser = Json.mapper().createParser(in);
    }

    @Override
    public @Nullable InputRecord next() throws IOException {
        try {
            return nextValue();
        } catch (JacksonException e) {
            long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new BadInputException(line, "not JSON: " + JsonLineReader.firstSentence(e));
        }
    }

    @Override
    public void close() {
        parser.close();
    }

    private @Nullable InputRecord nextValue() throws BadInputException {
        JsonToken token = parser.nextToken();
        if (!begun && token == JsonToken.START_ARRAY) {
            inArray = true;
            token = parser.nextToken();
        }
        begun = true;
        if (inArray && token == JsonToken.END_ARRAY) {
            inArray = false;
            token = parser.nextToken();
        }
        if (token == null) {
            return null;
        }
        long line = parser.currentTokenLocation().getLineNr();
        JsonNode value = parser.readValueAsTree();
        byte[] data = value.toString().getBytes(StandardCharsets.UTF_8);
        if (data.length > Limits.MAX_EVENT_BYTES) {
            throw Limits.tooLarge(line, data.length);
        }
        return new InputRecord(line, data, value);
    }
}
