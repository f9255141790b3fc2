// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.core.event.Event;
import io.millrace.load.sample.SampleEvents;
import org.HdrHistogram.Histogram;

/** One subscriber of a paced run: checks every event and notes how late it is. One thread at a time writes. */
final class LiveReader {
    private static final long MAX_MICROS = 60_000_000;
    private static final int DIGITS = 2;

    private final Work.Live work;
    private final OrderCheck check;
    private final Histogram micros = new Histogram(MAX_MICROS, DIGITS);
    private volatile Pace pace = new Pace(0, 1);

    LiveReader(Work.Live work, SampleEvents samples) {
        this.work = work;
        this.check = new OrderCheck(samples, work.from());
    }

    /** Before the first event is published. */
    void start(Pace value) {
        pace = value;
    }

    void received(long offset, Event event) {
        long number = offset - work.from();
        if (number >= work.uncountedEvents()) {
            long lateNanos = Math.max(0, System.nanoTime() - pace.dueNanos(number));
            micros.recordValue(Math.min(MAX_MICROS, lateNanos / 1000));
        }
        check.received(offset, event);
    }

    void gap() {
        check.gap();
    }

    boolean isComplete() {
        return check.passed() >= work.events();
    }

    /** Once it is complete, or nothing is delivered to it any more. */
    Counts counts() {
        return check.counts();
    }

    /** Once it is complete, or nothing is delivered to it any more. */
    void addTo(Histogram all) {
        all.add(micros);
    }

    static Histogram emptyHistogram() {
        return new Histogram(MAX_MICROS, DIGITS);
    }
}
