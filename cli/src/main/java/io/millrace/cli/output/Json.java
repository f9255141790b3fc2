// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON for programs. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** The one mapper: numbers keep their digits, and text after a value is an error. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** An empty object whose fields keep the order in which they are set. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }
}
