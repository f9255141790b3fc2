// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.log;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The appends of a publisher who names itself: what it numbers is stored once, however often it is sent and to whichever
 * broker.
 *
 * <p><b>Order.</b> Runs come with rising sequences and leave no hole. Runs that are appended one after another on one
 * thread are stored in that order. <b>Threads.</b> As {@link EventLog}. <b>Errors.</b> Once a run has failed as a whole the
 * session has ended: what was stored is known to the next session only.
 */
public interface PublisherSession {
    /** The last sequence that was settled when the session began: the next event has one more. 0 for a new publisher. */
    long lastSequence();

    /**
     * Settles the run: what an earlier attempt had settled is answered with the places of that attempt, the rest is
     * stored, or refused singly. Completes when all of that survives the loss of this broker.
     *
     * <p>Errors with PRODUCER_FENCED when another session has taken over, SEQUENCE_OUT_OF_ORDER when the run leaves a
     * hole, LOG_UNAVAILABLE when nobody knows whether it is stored; all of these end the session.
     *
     * @param run what
     * @param answeredThrough every sequence up to here has been answered and the answer received, so the places may be
     *     forgotten; 0 when nothing is known
     */
    Mono<AppendResult> append(NumberedRun run, long answeredThrough);

    /**
     * Settles runs of several topics all or nothing: when one event is refused, every other one of them fails with
     * BATCH_REFUSED. Readers of committed records see all of them or none. Otherwise as {@link #append}, of runs that
     * follow each other.
     */
    Mono<List<AppendResult>> appendAtomically(List<NumberedRun> runs, long answeredThrough);

    /** Ends the session. What is under way is settled or not; the next session knows. Does not wait. */
    void close();
}
