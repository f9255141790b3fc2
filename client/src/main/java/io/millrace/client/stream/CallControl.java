// SPDX-License-Identifier: Apache-2.0
package io.millrace.client.stream;

import java.time.Duration;

/** What a stream tells about the call that its frames come on. */
public interface CallControl {
    /**
     * The server has opened the stream.
     *
     * @param heartbeatInterval after two and a half of these without a frame the call counts as dead; zero where the
     *     server did not say
     */
    void opened(Duration heartbeatInterval);

    /** Something was achieved: the next failure is the first one again. */
    void progressed();

    /**
     * The server asks for the stream to be moved. Asked again, nothing changes.
     *
     * @param delay how long to wait before that; the call goes on until then
     * @param elsewhere true when this server is going away
     */
    void move(Duration delay, boolean elsewhere);
}
