// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.frame;

import io.millrace.v1.SubscribeResponse;
import java.io.IOException;
import java.io.OutputStream;

/** A frame that is an ordinary message: everything but batches. */
public final class ControlFrame extends Frame {
    private final SubscribeResponse message;

    /** Wraps a message. */
    public ControlFrame(SubscribeResponse message) {
        this.message = message;
    }

    /** The message. */
    public SubscribeResponse message() {
        return message;
    }

    @Override
    public int sizeBytes() {
        return message.getSerializedSize();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        message.writeTo(out);
    }
}
