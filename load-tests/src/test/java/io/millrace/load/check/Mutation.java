// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import io.millrace.load.check.ScriptedHistory.Entry;
import io.millrace.load.check.ScriptedHistory.Fate;
import io.millrace.load.check.ScriptedHistory.Sent;
import io.millrace.load.check.ScriptedHistory.Session;
import io.millrace.load.check.ScriptedHistory.Spot;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** A way to spoil a history, and what the checker is to call it. */
enum Mutation {
    AN_ACKNOWLEDGED_EVENT_IS_NOT_STORED(Verdict::lost) {
        @Override
        void spoil(ScriptedHistory history) {
            Sent event = history.anySent(Mutation::isStoredOnce);
            history.replace(event.partition, event.offset, ScriptedHistory.HOLE);
        }
    },
    AN_EVENT_IS_STORED_AGAIN(Verdict::duplicated) {
        @Override
        void spoil(ScriptedHistory history) {
            Sent event = history.anySent(Mutation::isStoredOnce);
            history.append(event.partition, event.number);
        }
    },
    AN_EVENT_OF_UNKNOWN_OUTCOME_IS_STORED_TWICE(Verdict::duplicated) {
        @Override
        void spoil(ScriptedHistory history) {
            Sent event = history.anySent(Mutation::isStoredOnce);
            event.fate = Fate.UNKNOWN;
            history.append(event.partition, event.number);
        }
    },
    TWO_EVENTS_OF_A_KEY_ARE_SWAPPED(Verdict::reordered) {
        @Override
        void spoil(ScriptedHistory history) {
            Sent first = history.anySent(candidate ->
                    isStoredOnce(candidate) && !laterOnes(history, candidate).isEmpty());
            Sent second = history.any(laterOnes(history, first));
            history.replace(first.partition, first.offset, second.number);
            history.replace(second.partition, second.offset, first.number);
            long offset = first.offset;
            first.offset = second.offset;
            second.offset = offset;
        }

        private List<Sent> laterOnes(ScriptedHistory history, Sent event) {
            return history.sent(candidate -> isStoredOnce(candidate)
                    && candidate.producer() == event.producer()
                    && candidate.number > event.number
                    && history.events.key(candidate.number) == history.events.key(event.number));
        }
    },
    AN_ACKNOWLEDGEMENT_NAMES_ANOTHER_OFFSET(Verdict::reordered) {
        @Override
        void spoil(ScriptedHistory history) {
            history.anySent(Mutation::isStoredOnce).offset++;
        }
    },
    AN_ACKNOWLEDGEMENT_NAMES_OFFSET_ZERO(Verdict::reordered) {
        @Override
        void spoil(ScriptedHistory history) {
            history.anySent(candidate -> isStoredOnce(candidate) && candidate.offset > 0).offset = 0;
        }
    },
    A_REFUSED_EVENT_IS_STORED(Verdict::phantom) {
        @Override
        void spoil(ScriptedHistory history) {
            history.anySent(Mutation::isStoredOnce).fate = Fate.REFUSED;
        }
    },
    AN_EVENT_THAT_NOBODY_SENT_IS_STORED(Verdict::phantom) {
        @Override
        void spoil(ScriptedHistory history) {
            history.append(history.random.nextInt(ScriptedHistory.PARTITIONS), neverSent(history));
        }
    },
    A_STORED_BODY_IS_TORN(Verdict::corrupt) {
        @Override
        void spoil(ScriptedHistory history) {
            Sent event = history.anySent(Mutation::isStoredOnce);
            history.replace(event.partition, event.offset, KnownEvents.CORRUPT);
        }
    },
    A_READER_MISSES_AN_EVENT(Verdict::unexplainedGaps) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(any -> true);
            spot.session().entries.remove(spot.index());
        }
    },
    A_READER_GETS_AN_EVENT_TWICE(Verdict::duplicated) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(any -> true);
            spot.session().entries.add(spot.following(), spot.entry());
        }
    },
    A_READER_GETS_TWO_EVENTS_SWAPPED(Verdict::reordered) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(any -> true);
            Collections.swap(spot.session().entries, spot.index(), spot.following());
        }
    },
    THE_FIRST_EVENT_AFTER_A_HAND_OVER_IS_MISSING(Verdict::unexplainedGaps) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(first -> first.index() == 0);
            spot.session().entries.remove(0);
        }
    },
    A_CURSOR_SAYS_ONE_TOO_MANY(Verdict::unexplainedGaps) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(first -> first.session().resumed && first.index() == 0);
            int partition = spot.entry().partition();
            spot.session().next[partition] = spot.entry().offset() + 1;
        }
    },
    A_CURSOR_SAYS_ONE_TOO_FEW(Verdict::duplicated) {
        @Override
        void spoil(ScriptedHistory history) {
            Session session = history.any(history.anyReader().sessions.stream()
                    .filter(candidate -> candidate.resumed && behindAnEvent(history, candidate) >= 0)
                    .toList());
            session.next[behindAnEvent(history, session)]--;
        }

        /** A partition where the event right before the cursor is one, and not a hole. */
        private int behindAnEvent(ScriptedHistory history, Session session) {
            for (int partition = 0; partition < ScriptedHistory.PARTITIONS; partition++) {
                int before = (int) session.next[partition] - 1;
                if (before >= 0 && history.log.get(partition).get(before) != ScriptedHistory.HOLE) {
                    return partition;
                }
            }
            return -1;
        }
    },
    A_BODY_IS_TORN_ON_ITS_WAY_TO_A_READER(Verdict::corrupt) {
        @Override
        void spoil(ScriptedHistory history) {
            change(history, entry -> new Entry(entry.partition(), entry.offset(), KnownEvents.CORRUPT));
        }
    },
    A_READER_GETS_AN_EVENT_WITH_OFFSET_ZERO(Verdict::duplicated) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(candidate -> hasReadZeroBefore(history, candidate.entry()));
            Entry entry = spot.entry();
            spot.session().entries.set(spot.index(), new Entry(entry.partition(), 0, entry.number()));
        }

        private boolean hasReadZeroBefore(ScriptedHistory history, Entry entry) {
            return entry.offset() > 0 && history.log.get(entry.partition()).get(0) != ScriptedHistory.HOLE;
        }
    },
    A_READER_GETS_AN_EVENT_THAT_NOBODY_SENT(Verdict::phantom) {
        @Override
        void spoil(ScriptedHistory history) {
            long number = neverSent(history);
            change(history, entry -> new Entry(entry.partition(), entry.offset(), number));
        }
    },
    A_READER_GETS_AN_EVENT_WHERE_NONE_IS(Verdict::phantom) {
        @Override
        void spoil(ScriptedHistory history) {
            int partition = history.random.nextInt(ScriptedHistory.PARTITIONS);
            long offset = history.log.get(partition).size();
            history.anyReader().last().entries.add(new Entry(partition, offset, history.any(history.sent).number));
        }
    },
    A_READER_GETS_ANOTHER_EVENT_THAN_OTHERS(Verdict::reordered) {
        @Override
        void spoil(ScriptedHistory history) {
            Spot spot = history.anySpot(any -> true);
            Entry entry = spot.entry();
            Sent other = history.anySent(candidate -> candidate.number != entry.number());
            spot.session().entries.set(spot.index(), new Entry(entry.partition(), entry.offset(), other.number));
        }
    },
    A_READER_DOES_NOT_GET_THE_LAST_EVENT(Verdict::lost) {
        @Override
        void spoil(ScriptedHistory history) {
            List<Session> sessions = history.anyReader().sessions;
            for (int i = sessions.size() - 1; i >= 0; i--) {
                List<Entry> entries = sessions.get(i).entries;
                if (!entries.isEmpty()) {
                    entries.remove(entries.size() - 1);
                    return;
                }
            }
        }
    };

    private final ToLongFunction<Verdict> name;

    Mutation(ToLongFunction<Verdict> name) {
        this.name = name;
    }

    /** Does it once, at a random place. */
    abstract void spoil(ScriptedHistory history);

    /** How often the checker has found just this. */
    long found(Verdict verdict) {
        return name.applyAsLong(verdict);
    }

    private static boolean isStoredOnce(Sent event) {
        return event.fate == Fate.ACKNOWLEDGED && ScriptedHistory.hasIdentity(event);
    }

    private static long neverSent(ScriptedHistory history) {
        return KnownEvents.number(history.random.nextInt(5), 1_000 + history.random.nextInt(1_000));
    }

    private static void change(ScriptedHistory history, UnaryOperator<Entry> to) {
        Spot spot = history.anySpot(any -> true);
        spot.session().entries.set(spot.index(), to.apply(spot.entry()));
    }
}
