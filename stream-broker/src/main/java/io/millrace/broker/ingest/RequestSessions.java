// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.ingest;

import io.millrace.core.log.EventLog;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * Sessions of publishers who name themselves in single requests. Opening one is dear, so it stays open for the next
 * request of its name: until a later request finds it idle for longer than {@link #IDLE}, or needs its room. At most
 * {@value #MAX_SESSIONS} are open. Thread-safe.
 */
final class RequestSessions {
    static final Duration IDLE = Duration.ofSeconds(30);
    static final int MAX_SESSIONS = 64;

    private final EventLog log;
    private final LongSupplier nanoClock;
    private final Map<String, Held> held = new HashMap<>();

    RequestSessions(EventLog log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
    }

    /**
     * Makes a request in the session of a name; when it fails, so has the session. Errors with TOO_MANY_PUBLISHERS while
     * there is no room, and as {@link EventLog#openSession} and the request.
     */
    <T> Mono<T> request(String producerId, Function<PublisherSession, Mono<T>> request) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> take(producerId)),
                taken -> taken.session.flatMap(request),
                taken -> Mono.fromRunnable(() -> giveBack(taken)),
                (taken, failure) -> Mono.fromRunnable(() -> end(taken)),
                taken -> Mono.fromRunnable(() -> giveBack(taken)));
    }

    /** How many are open. */
    synchronized int count() {
        return held.size();
    }

    private synchronized Held take(String producerId) {
        closeIdle();
        Held session = held.get(producerId);
        if (session == null) {
            makeRoom();
            session = new Held(producerId, log.openSession(producerId).cache());
            held.put(producerId, session);
        }
        session.requests++;
        return session;
    }

    private synchronized void giveBack(Held session) {
        session.requests--;
        session.idleSinceNanos = nanoClock.getAsLong();
    }

    private synchronized void end(Held session) {
        session.requests--;
        if (held.remove(session.producerId, session)) {
            session.close();
        }
    }

    private void closeIdle() {
        long now = nanoClock.getAsLong();
        List<Held> idle = held.values().stream()
                .filter(session -> session.requests == 0 && now - session.idleSinceNanos >= IDLE.toNanos())
                .toList();
        idle.forEach(this::close);
    }

    private void makeRoom() {
        if (held.size() < MAX_SESSIONS) {
            return;
        }
        Held longestIdle = held.values().stream()
                .filter(session -> session.requests == 0)
                .min(Comparator.comparingLong(session -> session.idleSinceNanos))
                .orElseThrow(() -> Refusal.of(
                                Reason.TOO_MANY_PUBLISHERS, held.size() + " of them have requests under way here")
                        .asException());
        close(longestIdle);
    }

    private void close(Held session) {
        held.remove(session.producerId);
        session.close();
    }

    /** One of them; guarded by the monitor of all. */
    private static final class Held {
        private final String producerId;
        private final Mono<PublisherSession> session;
        private int requests;
        private long idleSinceNanos;

        Held(String producerId, Mono<PublisherSession> session) {
            this.producerId = producerId;
            this.session = session;
        }

        /** One that is still being opened is closed when it is. */
        void close() {
            session.subscribe(PublisherSession::close, notOpened -> {});
        }
    }
}
