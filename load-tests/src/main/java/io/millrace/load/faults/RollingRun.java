// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.check.Verdict;
import io.millrace.load.report.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Restarts two brokers in turn, again and again, gracefully, while they are used. Blocks.
 */
public final class RollingRun {
    private static final Duration FINISH_PATIENCE = Duration.ofMinutes(2);

    private final RollingSettings settings;
    private final RollingBrokers brokers;
    private final Progress progress;
    private final long startNanos = System.nanoTime();
    private final List<Long> drainMillis = new ArrayList<>();

    private RollingRun(RollingSettings settings, RollingBrokers brokers, Progress progress) {
        this.settings = settings;
        this.brokers = brokers;
        this.progress = progress;
    }

    /**
     * Runs it on a Kafka and brokers of its own, each a process.
     *
     * @throws IOException when there is no place for Kafka's files
     * @throws RuntimeException when the run itself fails; a violation is no failure
     */
    public static RollingOutcome run(RollingSettings settings, Progress progress) throws IOException {
        try (RollingBrokers brokers = ServedBrokers.open(settings.seed())) {
            return run(settings, brokers, progress);
        }
    }

    /** Runs it on these brokers, which stay the caller's. */
    public static RollingOutcome run(RollingSettings settings, RollingBrokers brokers, Progress progress) {
        return new RollingRun(settings, brokers, progress).run();
    }

    private RollingOutcome run() {
        try (RollingWorkload workload = RollingWorkload.start(settings, brokers)) {
            awaitProgress(workload, "the beginning");
            long firstNanos = System.nanoTime();
            for (int restart = 0; restart < settings.restarts(); restart++) {
                restartAll(workload, restart);
                long nextNanos = firstNanos + (restart + 1) * settings.every().toNanos();
                Patience.pass(Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime())));
            }
            return finish(workload);
        }
    }

    private void restartAll(RollingWorkload workload, int restart) {
        StringBuilder what = new StringBuilder();
        for (int broker = 0; broker < RollingBrokers.COUNT; broker++) {
            long beganNanos = System.nanoTime();
            brokers.stop(broker);
            long endedNanos = System.nanoTime();
            drainMillis.add(millis(endedNanos - beganNanos));
            brokers.start(broker);
            what.append(String.format(
                    Locale.ROOT,
                    "broker %d drained in %d ms, started in %d ms; ",
                    broker,
                    millis(endedNanos - beganNanos),
                    millis(System.nanoTime() - endedNanos)));
            awaitProgress(workload, "broker " + broker + " was restarted");
        }
        say(
                "%3d/%d %s%d disconnects, %d errors",
                restart + 1,
                settings.restarts(),
                what,
                workload.sum(RollingReader::disconnects),
                workload.failures().count());
    }

    private static void awaitProgress(RollingWorkload workload, String after) {
        long[] before = workload.progress();
        boolean wentOn = Patience.until(
                () -> {
                    long[] now = workload.progress();
                    boolean all = true;
                    for (int i = 0; i < now.length; i++) {
                        all &= now[i] > before[i];
                    }
                    return all;
                },
                FaultSettings.PATIENCE);
        if (!wentOn) {
            workload.failures().add("not everybody went on after " + after);
        }
    }

    private RollingOutcome finish(RollingWorkload workload) {
        if (!workload.finishPublishing(FINISH_PATIENCE)) {
            workload.failures().add("publishers have not come to their end");
        }
        say("reading what is stored, and checking");
        Duration longestPause = workload.longestPause();
        Verdict verdict = workload.check(FINISH_PATIENCE);
        return new RollingOutcome(
                settings.seed(),
                settings.restarts(),
                drainMillis,
                verdict,
                workload.failures().count(),
                workload.failures().all(),
                workload.sum(RollingReader::moves),
                workload.sum(RollingReader::disconnects),
                longestPause.toMillis(),
                (System.nanoTime() - startNanos) / 1e9);
    }

    private void say(String format, Object... arguments) {
        progress.say(String.format(
                Locale.ROOT,
                "%5.1f s  %s",
                (System.nanoTime() - startNanos) / 1e9,
                String.format(Locale.ROOT, format, arguments)));
    }

    private static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }
}
