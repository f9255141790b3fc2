// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.EventLog;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.List;
import java.util.UUID;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Batches that are stored all or nothing for publishers without a name: they share a session of this broker's own, which
 * numbers them. It is opened with the first one, and again after one has failed. Thread-safe.
 */
final class AtomicRequests {
    /** No publisher can have it: see {@link ProducerIds}. */
    private final String producerId = "~atomic-" + UUID.randomUUID();

    private final EventLog log;
    private @Nullable Mono<Numbering> current;

    AtomicRequests(EventLog log) {
        this.log = log;
    }

    /**
     * Stores a batch. Errors with PUBLISH_OUTCOME_UNKNOWN when it is not known whether it is stored, for nobody could ask
     * later, and as {@link EventLog#openSession}.
     *
     * @param numbered the batch, as runs whose first sequence is the given one
     */
    Mono<List<AppendResult>> append(LongFunction<List<NumberedRun>> numbered) {
        return Mono.defer(() -> {
            Mono<Numbering> session = session();
            return session.doOnError(notOpened -> forget(session))
                    .flatMap(open -> open.append(numbered)
                            .onErrorMap(Reason.LOG_UNAVAILABLE::isOf, AtomicRequests::unknown)
                            .doOnError(failed -> forget(session)));
        });
    }

    private synchronized Mono<Numbering> session() {
        Mono<Numbering> session = current;
        if (session == null) {
            session = log.openSession(producerId).map(Numbering::new).cache();
            current = session;
        }
        return session;
    }

    private void forget(Mono<Numbering> session) {
        boolean ended;
        synchronized (this) {
            ended = current == session;
            current = ended ? null : current;
        }
        if (ended) {
            session.subscribe(Numbering::close, notOpened -> {});
        }
    }

    private static Throwable unknown(Throwable error) {
        return Refusal.of(Reason.PUBLISH_OUTCOME_UNKNOWN, String.valueOf(error.getMessage()))
                .asException();
    }

    /** A session and where it is. */
    private static final class Numbering {
        private final PublisherSession session;
        private long nextSequence;

        Numbering(PublisherSession session) {
            this.session = session;
            this.nextSequence = session.lastSequence() + 1;
        }

        /** Numbers and hands over in one step, for the session takes batches in the order of their numbers only. */
        Mono<List<AppendResult>> append(LongFunction<List<NumberedRun>> numbered) {
            return Mono.create(answer -> {
                synchronized (this) {
                    List<NumberedRun> runs = numbered.apply(nextSequence);
                    nextSequence = runs.get(runs.size() - 1).lastSequence() + 1;
                    session.appendAtomically(runs, nextSequence - 1).subscribe(answer::success, answer::error);
                }
            });
        }

        void close() {
            session.close();
        }
    }
}
