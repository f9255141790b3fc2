// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

/** A local node did not start; {@link #refusal()} says why as data, the message says it as a sentence. */
public final class LocalKafkaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StartRefusal refusal;

    LocalKafkaException(StartRefusal refusal) {
        super(refusal.reason());
        this.refusal = refusal;
    }

    public StartRefusal refusal() {
        return refusal;
    }
}
