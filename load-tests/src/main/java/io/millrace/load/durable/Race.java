// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two ways to do the same work, one after the other, several times.
 *
 * <p>While they warm up they find out how many events the slower one moves in a window; every run that counts moves that
 * many, so it takes about as long on a slow disk as on a fast one.
 *
 * @param maxEvents most events of one run
 * @param warmUp how long each runs before anything counts
 * @param window how long a run that counts is to take
 * @param pairs how often both are measured
 */
record Race(int maxEvents, Duration warmUp, Duration window, int pairs) {
    private static final int FIRST_EVENTS = 5_000;

    RaceFigures between(Contender millrace, Contender kafka) {
        int events = Math.min(warmUp(millrace), warmUp(kafka));
        List<RaceFigures.Pair> measured = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            measured.add(RaceFigures.Pair.of(events, millrace.run(events), kafka.run(events)));
        }
        return RaceFigures.of(events, measured);
    }

    /** Returns how many events have filled a window at the best speed seen. */
    private int warmUp(Contender contender) {
        Duration spent = Duration.ZERO;
        int events = Math.min(FIRST_EVENTS, maxEvents);
        while (spent.compareTo(warmUp) < 0) {
            Duration took = contender.run(events);
            spent = spent.plus(took);
            events = Math.max(events, fitting(events, took));
        }
        return events;
    }

    private int fitting(int events, Duration took) {
        double perWindow = (double) events * window.toNanos() / took.toNanos();
        return (int) Math.max(1, Math.min(maxEvents, perWindow));
    }
}
