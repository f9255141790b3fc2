// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import java.io.IOException;
import java.io.OutputStream;

/**
 * One {@code SubscribeResponse} on its way out: knows its size and writes itself once. Immutable, so it may be written
 * on any thread.
 */
public abstract class Frame {
    /** Size in bytes on the wire. */
    public abstract int sizeBytes();

    /** Writes the frame: exactly {@link #sizeBytes} bytes. */
    public abstract void writeTo(OutputStream out) throws IOException;
}
