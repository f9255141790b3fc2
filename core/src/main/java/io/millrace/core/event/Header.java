// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.event;

import org.jspecify.annotations.Nullable;

/**
 * One Kafka record header, verbatim: names may repeat, values may be binary or {@code null}.
 *
 * @param name any text, also empty, as Kafka allows
 * @param value the bytes, or {@code null} for Kafka's null
 */
public record Header(String name, @Nullable Bytes value) {
    /** A header whose value is text. */
    public static Header of(String name, String value) {
        return new Header(name, Bytes.utf8(value));
    }
}
