// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

/**
 * A run of framed events inside a page of bytes that nobody writes to any more: what many streams share.
 *
 * @param bytes the page
 * @param start index of the first byte
 * @param lengthBytes number of bytes
 * @param events number of events
 * @param lastOffset offset of the last event
 */
@SuppressWarnings("ArrayRecordComponent") // shared without a copy, and never compared
public record Slice(byte[] bytes, int start, int lengthBytes, int events, long lastOffset) {}
