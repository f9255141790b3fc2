// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.workload;

import java.util.function.LongPredicate;

/**
 * Rates, each a quarter above the one before, and the search for the highest that is held: upwards in strides that
 * double, then by halves between the last rung that was held and the first that was not.
 *
 * <p>It takes for granted that whoever holds a rate holds every lower one; about {@code 2 log2} of the rungs between
 * start and result are tried, none twice.
 *
 * @param lowest the lowest rung; when it is not held, nothing is
 * @param highest no rung above this is tried
 */
record Ladder(long lowest, long highest) {
    /** A rung over the one below it. */
    static final double STEP = 1.25;

    /** Refuses rates that are not positive or upside down. */
    Ladder {
        if (lowest <= 0 || highest < lowest) {
            throw new IllegalArgumentException("no ladder from " + lowest + " to " + highest);
        }
    }

    /** The highest rung that is held, or 0 when none is. */
    long highest(LongPredicate isHeld) {
        int held = -1;
        int notHeld = rungs();
        int next = 0;
        for (int stride = 1; next < notHeld; stride *= 2) {
            if (!isHeld.test(rate(next))) {
                notHeld = next;
                break;
            }
            held = next;
            next = Math.min(held + stride, rungs() - 1);
            if (next == held) {
                break;
            }
        }
        while (notHeld - held > 1) {
            int middle = (held + notHeld) >>> 1;
            if (isHeld.test(rate(middle))) {
                held = middle;
            } else {
                notHeld = middle;
            }
        }
        return held < 0 ? 0 : rate(held);
    }

    /** Tries one rung after another from below, up to the first that is not held. */
    void climb(LongPredicate isHeld) {
        for (int rung = 0; rung < rungs() && isHeld.test(rate(rung)); ) {
            rung++;
        }
    }

    private int rungs() {
        return 1 + (int) Math.floor(Math.log((double) highest / lowest) / Math.log(STEP));
    }

    private long rate(int rung) {
        return (long) (lowest * Math.pow(STEP, rung));
    }
}
