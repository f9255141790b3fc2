// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.memory;

import io.millrace.core.event.Event;
import io.millrace.core.log.AppendResult;
import io.millrace.core.log.NumberedRun;
import io.millrace.core.log.PublisherHistory;
import io.millrace.core.log.PublisherSession;
import io.millrace.core.log.RunSettlement;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The publishers who name themselves, and what each has settled. Those that were not heard of for longest are forgotten
 * beyond {@value #MAX_PUBLISHERS}. Thread-safe.
 */
final class MemoryPublishers {
    private static final int MAX_PUBLISHERS = 1_024;

    private final MemoryTopics topics;
    private final Map<String, Publisher> publishers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Publisher> eldest) {
            return size() > MAX_PUBLISHERS;
        }
    };

    MemoryPublishers(MemoryTopics topics) {
        this.topics = topics;
    }

    Mono<PublisherSession> open(String producerId) {
        return Mono.fromSupplier(() -> publisher(producerId).open());
    }

    private synchronized Publisher publisher(String producerId) {
        return publishers.computeIfAbsent(producerId, id -> new Publisher(id));
    }

    /** One publisher: its monitor guards the history, and an append is made under it. */
    private final class Publisher {
        private final String id;
        private final PublisherHistory history = PublisherHistory.none();
        private @Nullable Session current;

        Publisher(String id) {
            this.id = id;
        }

        synchronized PublisherSession open() {
            Session session = new Session(this, history.lastSequence());
            current = session;
            return session;
        }

        synchronized List<AppendResult> append(
                Session session, List<NumberedRun> runs, long answeredThrough, boolean atomic) {
            if (current != session) {
                throw Refusal.of(Reason.PRODUCER_FENCED, "producer '" + id + "'")
                        .asException();
            }
            List<RunSettlement> settlements = new ArrayList<>(runs.size());
            long through = history.lastSequence();
            for (NumberedRun run : runs) {
                if (run.firstSequence() > through + 1) {
                    throw Refusal.sequenceOutOfOrder(run.firstSequence(), through + 1)
                            .asException();
                }
                settlements.add(new RunSettlement(run, through));
                through = Math.max(through, run.lastSequence());
            }
            history.forgetThrough(answeredThrough);
            settlements.forEach(this::refuseWhatIsNotTaken);
            if (atomic) {
                RunSettlement.refuseAllWhereOneIs(settlements);
            }
            settlements.forEach(this::store);
            return settlements.stream()
                    .map(settlement -> settlement.settle(history))
                    .toList();
        }

        private void refuseWhatIsNotTaken(RunSettlement settlement) {
            for (int i = 0; i < settlement.fresh().size(); i++) {
                Refusal refusal = topics.refusalOf(
                        settlement.run().topic(), settlement.fresh().get(i));
                if (refusal != null) {
                    settlement.refused(i, refusal);
                }
            }
        }

        /** What was taken is not any more only where somebody changes the topic at this moment. */
        private void store(RunSettlement settlement) {
            int[] indexes = IntStream.range(0, settlement.fresh().size())
                    .filter(i -> !settlement.isRefused(i))
                    .toArray();
            if (indexes.length == 0) {
                return;
            }
            List<Event> events =
                    Arrays.stream(indexes).mapToObj(settlement.fresh()::get).toList();
            AppendResult result = topics.find(settlement.run().topic()).append(events);
            for (int i = 0; i < indexes.length; i++) {
                Refusal failure = result.failures().get(i);
                if (failure == null) {
                    settlement.stored(indexes[i], result.partition(i), result.offset(i));
                } else {
                    settlement.refused(indexes[i], failure);
                }
            }
        }

        synchronized void close(Session session) {
            if (current == session) {
                current = null;
            }
        }
    }

    private static final class Session implements PublisherSession {
        private final Publisher publisher;
        private final long lastSequence;

        Session(Publisher publisher, long lastSequence) {
            this.publisher = publisher;
            this.lastSequence = lastSequence;
        }

        @Override
        public long lastSequence() {
            return lastSequence;
        }

        @Override
        public Mono<AppendResult> append(NumberedRun run, long answeredThrough) {
            return Mono.fromSupplier(() ->
                    publisher.append(this, List.of(run), answeredThrough, false).get(0));
        }

        @Override
        public Mono<List<AppendResult>> appendAtomically(List<NumberedRun> runs, long answeredThrough) {
            return Mono.fromSupplier(() -> publisher.append(this, runs, answeredThrough, true));
        }

        @Override
        public void close() {
            publisher.close(this);
        }
    }
}
