// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How much is published and how much goes wrong in one run.
 *
 * @param seed what the plan of the faults, the events and the readers' whims follow from
 * @param events that are to be acknowledged at least
 * @param faults how many
 * @param eventsPerSecond pace of all publishers together while faults happen; behind the last one they are not held back
 * @param identity true when publishers promise that each of their events is stored once
 */
public record FaultSettings(long seed, int events, int faults, int eventsPerSecond, boolean identity) {
    /** Publishers, each with a connection of its own. */
    public static final int PUBLISHERS = 4;

    /** Readers that stay to the end; others come and go. */
    static final int LASTING_READERS = 3;

    /** Of each topic. */
    public static final int PARTITIONS = 4;
    /** Different keys of events. */
    public static final int KEYS = 1_000;

    /** How long anything may take to go on after a fault, before that is a violation. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int MOST_TIMES = 4;

    /** Checks it. */
    public FaultSettings {
        if (events < PUBLISHERS || events > 100_000_000 || faults < 0 || eventsPerSecond <= 0) {
            throw new IllegalArgumentException(events + " events and " + faults + " faults are no run");
        }
    }

    /** Each kind of fault once and a million events: about a minute and a half. */
    public static FaultSettings smoke(long seed) {
        return new FaultSettings(seed, 1_000_000, FaultKind.values().length, 12_000, true);
    }

    /** Each kind four times and four million events; five seeds of it are a full run. */
    public static FaultSettings full(long seed) {
        return new FaultSettings(seed, 4_000_000, 4 * FaultKind.values().length, 12_000, true);
    }

    /** The same for each of so many seeds, one after another. */
    public static List<FaultSettings> full(long firstSeed, int seeds) {
        return LongStream.range(firstSeed, firstSeed + seeds)
                .mapToObj(FaultSettings::full)
                .toList();
    }

    /** What one publisher sends at least. */
    int eventsOfEach() {
        return events / PUBLISHERS + 1;
    }

    /** What one publisher sends at most, however long the faults take. */
    int mostOfEach() {
        return MOST_TIMES * eventsOfEach();
    }

    /** Records that a partition holds at most: all events could lie in one, each sent again. */
    public int mostOffsets() {
        return (int) Math.min(Integer.MAX_VALUE, 2L * PUBLISHERS * mostOfEach());
    }
}
