// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

/** The right to read bytes that will be written over later. Ended once, on any thread. */
public interface Lease {
    /** Of bytes that never change. */
    Lease UNLIMITED = () -> {};

    /** The bytes are not read any more. */
    void end();
}
