// SPDX-License-Identifier: Apache-2.0
package io.millrace.client.stream;

import io.grpc.Channel;
import io.millrace.client.Endpoint;
import io.millrace.client.MillraceException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * What one kind of stream does with its calls.
 *
 * <p>Apart from {@link #call} and {@link #deliver} the methods are called one at a time, under a lock of
 * {@link ReopeningCall}, on network and timer threads: they change the state of the stream and neither block nor call
 * anybody else. {@link #deliver} follows each of them outside of the lock.
 *
 * @param <Q> frames that the client sends
 * @param <R> frames that the server sends
 */
public interface StreamRole<Q, R> {
    /** For logs, for example {@code subscription to orders}. */
    String name();

    /** Makes the call with a generated stub. */
    Flux<R> call(Channel channel, Flux<Q> requests);

    /** A call is about to be made: {@link #nextFrame} begins again with the open frame. */
    void onOpening(Endpoint endpoint);

    /** The next frame to send, or {@code null} when there is none now. Asked for only when the transport takes it. */
    @Nullable
    Q nextFrame();

    /**
     * Whether the next call may be opened while the one in progress goes on, when that is to be left. Where it may not,
     * the one in progress is left as soon as {@link #mayLeave}, and then the next one opened.
     */
    boolean opensBeside();

    /** The open frame of a call beside the one in progress: it must let the server send nothing but control frames. */
    Q openingBeside();

    /** Whether the first frame of a call beside the one in progress says that it is open and may take over. */
    boolean opens(R frame);

    /** Whether the call in progress, whose server wants to be left, owes nothing any more. */
    boolean mayLeave();

    /**
     * The call beside takes the place of the one in progress, of which nothing more will come. Its open frame has been
     * sent; the frames that it has received so far follow.
     */
    void onMoved(Endpoint endpoint);

    /**
     * A frame of the call in progress. Throws a {@link MillraceException} when it breaks the contract, which ends the
     * call as if the server had ended it with that error.
     */
    void onFrame(R frame, CallControl call);

    /** The server has completed the call. True when that was to be expected; otherwise another call follows. */
    boolean onCompleted();

    /** The call has ended; another one will follow. */
    void onBroken(MillraceException cause);

    /** The call has ended, and no other will follow. */
    void onFailed(MillraceException cause);

    /** Hands over to the user what the calls before have made ready. */
    void deliver();
}
