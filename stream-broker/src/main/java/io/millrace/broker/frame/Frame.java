// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import java.io.IOException;
import java.io.OutputStream;

/**
 * One {@code SubscribeResponse} on its way out: knows its size and writes itself once, on any thread.
 */
public abstract class Frame {
    /** Size in bytes on the wire. */
    public abstract int sizeBytes();

    /** Writes the frame: exactly {@link #sizeBytes} bytes. Once, for a batch's bytes may be others' afterwards. */
    public abstract void writeTo(OutputStream out) throws IOException;
}
