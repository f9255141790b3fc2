// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

/**
 * What a stream was found to be.
 *
 * @param expected events that had to come
 * @param received events that came
 * @param gaps expected events that did not come
 * @param duplicates events that came once more
 * @param reordered events that came after one that they should have come before
 * @param corrupt events that are none of those expected, or not what they were
 * @param checksum CRC-32C over ids, keys and payloads of the events that came, whatever their order
 * @param expectedChecksum the same of those that had to come
 */
record Verdict(
        int expected,
        int received,
        int gaps,
        int duplicates,
        int reordered,
        int corrupt,
        long checksum,
        long expectedChecksum) {
    /** True when everything came, once, in order and unchanged. */
    boolean verified() {
        return received == expected
                && gaps == 0
                && duplicates == 0
                && reordered == 0
                && corrupt == 0
                && checksum == expectedChecksum;
    }
}
