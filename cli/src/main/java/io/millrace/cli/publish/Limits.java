// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

/** What an event may be. */
final class Limits {
    /** The server's default limit of one event; its payload cannot be larger than the whole. */
    static final int MAX_EVENT_BYTES = 1 << 20;

    private Limits() {}

    static BadInputException tooLarge(long line, long bytes) {
        return new BadInputException(
                line,
                "an event of " + bytes + " bytes is over the limit of " + MAX_EVENT_BYTES
                        + " (1 MiB); make it smaller, or store the payload elsewhere and publish its address");
    }
}
