// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One future event as it stands in the input.
 *
 * @param line where it begins, from 1; for messages
 * @param data its payload
 * @param json the payload as JSON; {@code null} where the format does not say that it is
 */
record InputRecord(long line, byte[] data, @Nullable JsonNode json) {}
