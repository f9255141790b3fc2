// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.Stretches;
import io.millrace.load.faults.FaultSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One subscription that comes from history into the live stream and leaves when every partition has brought it live
 * events. Signals and events come one at a time; whoever asks later asks when it has ended.
 */
final class HandOver {
    private static final int PARTITIONS = FaultSettings.PARTITIONS;

    private final String name;
    private final TopicName topic;
    private final KnownEvents events;
    private final int stays;
    private final long[] from = new long[PARTITIONS];
    private final long[] next = new long[PARTITIONS];
    private final long[] counts = new long[PARTITIONS];
    private final long[] digests = new long[PARTITIONS];
    private final boolean[] isLive = new boolean[PARTITIONS];
    private final List<String> wrong = new ArrayList<>(0);
    private boolean opened;
    private boolean caughtUp;
    private int liveEvents;
    private int handOvers;

    /**
     * @param stays how many live events it wants at least
     */
    HandOver(String name, String topic, KnownEvents events, int stays) {
        this.name = name;
        this.topic = new TopicName(topic);
        this.events = events;
        this.stays = stays;
    }

    /** The next event; true when it has seen enough. */
    synchronized boolean take(ReceivedEvent event) {
        int partition = event.partition();
        long number = events.recognise(event.event().key(), event.event().data());
        if (event.offset() < next[partition]) {
            note("overlap: " + event + " came after " + (next[partition] - 1));
        }
        counts[partition]++;
        digests[partition] += Stretches.digest(event.offset(), number);
        next[partition] = Math.max(next[partition], event.offset() + 1);
        if (!caughtUp) {
            return false;
        }
        isLive[partition] = true;
        liveEvents++;
        return liveEvents >= stays && hasComeOver();
    }

    /** Whatever is no event. */
    synchronized void heard(Signal signal) {
        if (signal instanceof Signal.Opened start) {
            open(start.start());
        } else if (signal instanceof Signal.CaughtUp) {
            hasComeOver();
            caughtUp = true;
            liveEvents = 0;
            Arrays.fill(isLive, false);
        } else if (signal instanceof Signal.Gap gap) {
            note("told of a gap: " + gap);
        }
    }

    /** How often it has come from history into the live stream of all partitions. */
    synchronized int handOvers() {
        return handOvers;
    }

    /** What is wrong with it, in words, held against what is stored. */
    synchronized List<String> wrong(Stretches stored) {
        List<String> all = new ArrayList<>(wrong);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            long expected = stored.count(partition, from[partition], next[partition]);
            String where = name + ": " + topic + "/" + partition + " from " + from[partition] + " to " + next[partition]
                    + " holds " + expected + " events, ";
            if (counts[partition] != expected) {
                all.add(where + counts[partition] + " came");
            } else if (digests[partition] != stored.digest(partition, from[partition], next[partition])) {
                all.add(where + "as many came but others");
            }
        }
        return all;
    }

    /** True, and counted, when every partition has had a live event since it caught up. */
    private boolean hasComeOver() {
        for (boolean live : isLive) {
            if (!live) {
                return false;
            }
        }
        handOvers++;
        Arrays.fill(isLive, false);
        return true;
    }

    private void open(Cursor start) {
        caughtUp = false;
        if (!opened) {
            opened = true;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                from[partition] = start.nextOffset(new TopicPartition(topic, partition))
                        .orElseThrow(() -> new IllegalStateException(name + " begins nowhere"));
                next[partition] = from[partition];
            }
        }
    }

    private void note(String what) {
        if (wrong.size() < 3) {
            wrong.add(name + ": " + what);
        }
    }
}
