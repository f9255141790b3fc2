// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.tail;

/** A stream that reads a tail. Called on the event loop it has attached with. */
public interface TailListener {
    /** The ring has begun or has something new. */
    void tailMoved();

    /** The tail has ended and will not move again. */
    void tailFailed(Throwable cause);
}
