// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ring;

/** A question about one framed event. Answers the same for the same event; one caller at a time. */
@FunctionalInterface
public interface EventTest {
    /**
     * The answer.
     *
     * @param bytes a page; not to be changed
     * @param start index of the event's first byte, which is the tag of {@code EventBatch.events}
     * @param end index behind its last byte
     */
    boolean test(byte[] bytes, int start, int end);
}
