// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.consumers.Cursor;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.load.faults.Failures;
import io.millrace.load.report.Progress;
import io.millrace.load.seeded.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads from the cursors of random events, some at a time; each is held against the pass that its cursor is of. */
final class Resumes {
    private static final int AT_ONCE = 64;
    private static final int MOST_CREDIT_EVENTS = 2_000;
    private static final int TELL_EVERY = 1_000;

    private final ScenarioSettings settings;
    private final CursorStreams streams;
    private final List<RecordedPass> passes;
    private final Failures violations;
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong exact = new AtomicLong();
    private final AtomicLong events = new AtomicLong();

    private Resumes(ScenarioSettings settings, CursorStreams streams, List<RecordedPass> passes, Failures violations) {
        this.settings = settings;
        this.streams = streams;
        this.passes = passes;
        this.violations = violations;
    }

    /** Makes all of them. Blocks. */
    static Resumes make(
            ScenarioSettings settings,
            CursorStreams streams,
            List<RecordedPass> passes,
            Failures violations,
            Progress progress) {
        Resumes resumes = new Resumes(settings, streams, passes, violations);
        Flux.range(0, settings.count())
                .flatMap(resumes::resume, AT_ONCE)
                .doOnNext(number -> {
                    if (number % TELL_EVERY == 0) {
                        progress.say(number + " of " + settings.count() + " resumed");
                    }
                })
                .blockLast();
        return resumes;
    }

    /** How many reads came to an end or were refused. */
    long made() {
        return made.get();
    }

    /** How many got exactly what they had to. */
    long exact() {
        return exact.get();
    }

    /** Events that they got, all together. */
    long events() {
        return events.get();
    }

    private Mono<Long> resume(int number) {
        SplittableRandom random = Seeds.random(settings.seed(), number);
        RecordedPass pass = passes.get(random.nextInt(passes.size()));
        int index = random.nextInt(pass.events().size());
        // as a program does that has kept it over a restart
        Cursor cursor = Cursor.parse(pass.events().get(index).cursor().toString());
        return streams.subscribe(random, pass.topics())
                .from(cursor)
                .untilLiveEnd()
                .creditEvents(1 + random.nextInt(MOST_CREDIT_EVENTS))
                .events()
                .collectList()
                .timeout(CursorStreams.PATIENCE)
                .doOnNext(got -> check(number, pass, index, got))
                .onErrorResume(failure -> {
                    violations.add(describe(number, pass, index) + " failed: " + failure);
                    return Mono.just(List.of());
                })
                .map(got -> made.incrementAndGet());
    }

    private void check(int number, RecordedPass pass, int index, List<ReceivedEvent> got) {
        events.addAndGet(got.size());
        String difference = pass.difference(index, got);
        if (difference.isEmpty()) {
            exact.incrementAndGet();
        } else {
            violations.add(describe(number, pass, index) + " got " + difference);
        }
    }

    private static String describe(int number, RecordedPass pass, int index) {
        return "resume " + number + " of " + pass.topics() + " behind "
                + pass.events().get(index);
    }
}
