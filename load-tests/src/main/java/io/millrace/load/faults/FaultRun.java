// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import io.millrace.load.check.Checker;
import io.millrace.load.check.KnownEvents;
import io.millrace.load.check.ReaderJournal;
import io.millrace.load.check.StoredLog;
import io.millrace.load.check.Verdict;
import io.millrace.load.report.Environment;
import io.millrace.load.report.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One run of the workload under a plan of faults, and its verdict. Needs no privileges; starts everything that it needs
 * and leaves nothing behind. Blocks.
 */
public final class FaultRun {
    private static final Duration FINISH_PATIENCE = Duration.ofMinutes(4);

    private final FaultSettings settings;
    private final Progress progress;
    private final KnownEvents events;
    private final long startNanos = System.nanoTime();
    private final List<FaultRecord> injected = new ArrayList<>();
    private long stalled;

    private FaultRun(FaultSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
        this.events = new KnownEvents(settings.seed(), FaultSettings.KEYS);
    }

    /** One after another, as {@link #run} does. */
    public static FaultReport all(Environment environment, List<FaultSettings> runs, Progress progress)
            throws IOException {
        List<FaultOutcome> outcomes = new ArrayList<>();
        for (FaultSettings settings : runs) {
            outcomes.add(run(settings, progress));
        }
        return new FaultReport(environment, outcomes);
    }

    /**
     * Runs it to its end.
     *
     * @throws IOException when there is no place for Kafka's files
     * @throws RuntimeException when the run itself fails; a violation is no failure
     */
    public static FaultOutcome run(FaultSettings settings, Progress progress) throws IOException {
        return new FaultRun(settings, progress).run();
    }

    private FaultOutcome run() throws IOException {
        say("seed %d: %d faults while %,d events are published", settings.seed(), settings.faults(), settings.events());
        try (Cluster cluster = Cluster.open(settings.seed());
                Workload workload = Workload.start(settings, cluster, events)) {
            injectAll(cluster, workload);
            return finish(workload);
        }
    }

    private void injectAll(Cluster cluster, Workload workload) {
        Injector injector = new Injector(cluster);
        awaitProgress(workload);
        long firstNanos = System.nanoTime();
        for (PlannedFault fault : FaultPlan.of(settings.seed(), settings.faults())) {
            if (injected.size() % 2 == 0) {
                workload.joinAnother();
            }
            Patience.pass(fault.pause());
            inject(fault, injector, workload, firstNanos);
        }
    }

    private void inject(PlannedFault fault, Injector injector, Workload workload, long firstNanos) {
        long unacknowledged = workload.surge();
        long beganNanos = System.nanoTime();
        Injector.Injection injection = injector.begin(fault);
        Patience.pass(injection.holds());
        injection.end().run();
        long endNanos = System.nanoTime();
        Recovery recovery = awaitProgress(workload);
        injection.repair().run();
        FaultRecord done = new FaultRecord(
                fault.kind(),
                injection.where(),
                unacknowledged,
                millis(beganNanos - firstNanos),
                millis(endNanos - beganNanos),
                recovery.ackMillis,
                recovery.deliveryMillis);
        injected.add(done);
        stalled += done.stalled() ? 1 : 0;
        say(
                "%3d/%d %-24s %,6d unacknowledged, lasted %5d ms, acknowledged again after %s, delivered after %s (%s; %,d"
                        + " so far)",
                injected.size(),
                settings.faults(),
                done.kind().label(),
                done.unacknowledged(),
                done.lastedMillis(),
                orNever(done.ackMillis()),
                orNever(done.deliveryMillis()),
                done.where(),
                Workload.sum(workload.acknowledged()));
    }

    private record Recovery(
            @Nullable Long ackMillis, @Nullable Long deliveryMillis) {}

    /** Waits until every publisher and every reader that stays has got on. */
    private static Recovery awaitProgress(Workload workload) {
        long startNanos = System.nanoTime();
        long[] acknowledged = workload.acknowledged();
        long[] received = workload.received();
        Long[] after = new Long[2];
        Patience.until(
                () -> {
                    note(after, 0, startNanos, acknowledged, workload.acknowledged());
                    note(after, 1, startNanos, received, workload.received());
                    return after[0] != null && after[1] != null;
                },
                FaultSettings.PATIENCE);
        return new Recovery(after[0], after[1]);
    }

    private static void note(Long[] after, int which, long startNanos, long[] before, long[] now) {
        boolean all = true;
        for (int i = 0; i < before.length; i++) {
            all &= now[i] > before[i];
        }
        if (all && after[which] == null) {
            after[which] = millis(System.nanoTime() - startNanos);
        }
    }

    private FaultOutcome finish(Workload workload) {
        say("publishing what is left after %,d", Workload.sum(workload.acknowledged()));
        if (!workload.finishPublishing(FINISH_PATIENCE)) {
            stalled++;
            say("STALLED: publishers have not come to their end");
        }
        say("reading what is stored");
        StoredLog log = workload.truth();
        long[] ends = LongStream.range(0, FaultSettings.PARTITIONS)
                .map(partition -> log.end((int) partition))
                .toArray();
        stalled += workload.finishReading(ends, FINISH_PATIENCE);
        workload.close();
        say("checking");
        Verdict verdict = Checker.check(events, log, workload.publisherJournals(), workload.readerJournals());
        return outcome(workload, verdict);
    }

    private FaultOutcome outcome(Workload workload, Verdict verdict) {
        List<ReaderJournal> journals = workload.readerJournals();
        return new FaultOutcome(
                settings.seed(),
                settings.identity(),
                injected,
                verdict,
                journals.size(),
                journals.stream().mapToLong(ReaderJournal::handOvers).sum(),
                journals.stream().mapToLong(ReaderJournal::resumes).sum(),
                workload.reconnects(),
                stalled,
                workload.failures().count(),
                workload.failures().all(),
                (System.nanoTime() - startNanos) / 1e9);
    }

    private void say(String format, Object... arguments) {
        progress.say(String.format(
                Locale.ROOT,
                "%5.1f s  %s",
                (System.nanoTime() - startNanos) / 1e9,
                String.format(Locale.ROOT, format, arguments)));
    }

    private static String orNever(@Nullable Long millis) {
        return millis == null ? "NEVER" : millis + " ms";
    }

    private static long millis(long nanos) {
        return Duration.ofNanos(nanos).toMillis();
    }
}
