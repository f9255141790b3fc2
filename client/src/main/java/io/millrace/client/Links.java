// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.millrace.core.refusal.Code;
import io.millrace.core.refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a connection: at most one in use per endpoint, all callers on the same endpoint until it fails.
 *
 * <p>A channel whose connection broke is not used again but replaced. gRPC would hold a failed channel back for up to
 * two minutes and answer new calls with the old failure; a new one tries at once and reports its own. A replaced
 * channel lets the calls that are still on it end by themselves.
 */
final class Links implements AutoCloseable {
    private final List<Endpoint> endpoints;
    private final Function<Endpoint, ManagedChannel> channels;
    private final List<ManagedChannel> retired = new ArrayList<>();
    private @Nullable Link current;
    private @Nullable ManagedChannel currentChannel;
    private int next;
    private boolean closed;

    Links(List<Endpoint> endpoints, Function<Endpoint, ManagedChannel> channels) {
        this.endpoints = List.copyOf(endpoints);
        this.channels = channels;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** The link to use now. */
    synchronized Link take() {
        if (closed) {
            throw MillraceException.closed();
        }
        if (currentChannel != null && isSpent(currentChannel)) {
            retire();
        }
        return current == null ? connect() : current;
    }

    /** Connects the link to use now. Does nothing once closed. */
    synchronized void connectAhead() {
        if (!closed) {
            take();
            if (currentChannel != null) {
                currentChannel.getState(true);
            }
        }
    }

    /**
     * After a failure that another endpoint may not have, the next one's turn comes. Does nothing when it has come
     * already.
     */
    synchronized void failed(Link link, MillraceException cause) {
        if (link != current || !mayPassElsewhere(cause)) {
            return;
        }
        if (endpoints.size() > 1 || isConnectionFailure(cause)) {
            next = (next + 1) % endpoints.size();
            retire();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        retire();
        retired.forEach(ManagedChannel::shutdownNow);
    }

    private Link connect() {
        Endpoint endpoint = endpoints.get(next);
        currentChannel = channels.apply(endpoint);
        current = new Link(endpoint, currentChannel);
        return current;
    }

    private void retire() {
        retired.removeIf(ManagedChannel::isTerminated);
        if (currentChannel != null) {
            retired.add(currentChannel.shutdown());
        }
        currentChannel = null;
        current = null;
    }

    private static boolean isSpent(ManagedChannel channel) {
        ConnectivityState state = channel.getState(false);
        return state == ConnectivityState.TRANSIENT_FAILURE || state == ConnectivityState.SHUTDOWN;
    }

    private static boolean mayPassElsewhere(MillraceException cause) {
        return cause.retryable() || cause.code() == Code.DEADLINE_EXCEEDED;
    }

    private static boolean isConnectionFailure(MillraceException cause) {
        return cause.is(Reason.SERVER_UNREACHABLE)
                || cause.is(Reason.CONNECTION_LOST)
                || cause.is(Reason.STREAM_SILENT);
    }
}
