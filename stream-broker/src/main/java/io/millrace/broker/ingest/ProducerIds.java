// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.regex.Pattern;

/** The names that publishers may give themselves. */
final class ProducerIds {
    private static final Pattern PRODUCER_ID = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    private ProducerIds() {}

    /** Errors with REQUEST_INVALID. */
    static void check(String producerId, String field) {
        if (!PRODUCER_ID.matcher(producerId).matches()) {
            throw Refusal.of(Reason.REQUEST_INVALID, field + " is not 1..200 of [a-zA-Z0-9._-]")
                    .asException();
        }
    }
}
