// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.refusal;

/** Carries a {@link Refusal} through a reactive chain. It has no stack trace: a refusal is an answer, not a fault. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /** Wraps a refusal. */
    public RefusedException(Refusal refusal) {
        super(refusal.reason() + ": " + refusal.sentence(), null, false, false);
        this.refusal = refusal;
    }

    /** What was refused and why. */
    public Refusal refusal() {
        return refusal;
    }
}
