// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.millrace.load.http2.RawEnding;
import io.millrace.load.http2.RawScript;
import io.millrace.load.http2.RawScripts;
import io.millrace.load.http2.ScriptRunner;
import io.millrace.load.report.Progress;
import io.millrace.load.report.Statistics;
import io.millrace.load.report.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bad input to a broker in a process of its own, while a well-behaved client publishes and reads there.
 *
 * <p>Windows without bad input and with it alternate; the client's rate is compared within each pair. The client keeps a
 * pace of {@value #EVENTS_PER_SECOND} events a second and bad input one of {@value #INPUTS_PER_SECOND} inputs a second at
 * most, with scripts in proportion: generator, server and client share the machine, and what is asked is whether the
 * server serves the one while it refuses the others, not how much a machine can do.
 *
 * <p>Owned by one thread, which asks the server how it is while others send.
 */
public final class BadInput {
    private static final int EVENTS_PER_SECOND = 5_000;
    private static final int INPUTS_PER_SECOND = 2_000;
    private static final int SCRIPTS_PER_SECOND = 200;
    private static final int SCRIPT_THREADS = 2;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);
    private static final double MIB = 1024.0 * 1024.0;
    private static final double LEAST_RATIO = 0.8;

    private final BadInputSettings settings;
    private final Progress progress;
    private final Answers answers = new Answers();
    private final List<BadInputReport.Pair> pairs = new ArrayList<>();
    private int examplesTold;
    private long heapMaxBytes;
    private long residentMaxBytes;

    private BadInput(BadInputSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Runs all of it. Blocks; errors when it could not be run. */
    public static BadInputReport run(BadInputSettings settings, Progress progress)
            throws IOException, InterruptedException {
        return new BadInput(settings, progress).run();
    }

    /** Sends one structured input of a seed again and tells it and its end. Blocks. */
    public static String repeatInput(long seed, long index) throws IOException, InterruptedException {
        Answers answers = new Answers();
        try (BrokerProcess broker = BrokerProcess.start();
                Caller caller = new Caller(broker.port(), answers)) {
            BadCall call = new BadCalls(seed, broker.words()).at(index);
            caller.call(call);
            caller.awaitAll();
            return told(call.shown(), answers, broker);
        }
    }

    /** Plays one raw script of a seed again and tells it and its end. Blocks. */
    public static String repeatScript(long seed, long index) throws IOException {
        Answers answers = new Answers();
        try (BrokerProcess broker = BrokerProcess.start();
                ScriptRunner runner = new ScriptRunner(broker.port())) {
            RawScript script = scripts(seed).at(index);
            play(runner, script, index, answers);
            return told(script.kind() + " of " + script.lengthBytes() + " bytes", answers, broker);
        }
    }

    private static String told(String input, Answers answers, BrokerProcess broker) {
        return String.join(
                System.lineSeparator(),
                input,
                answers.counts().toString() + " " + answers.reasons() + " " + answers.examples(),
                broker.faults(broker.state().faults()).toString());
    }

    private BadInputReport run() throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        ExecutorService senders = Executors.newFixedThreadPool(1 + SCRIPT_THREADS);
        try (BrokerProcess broker = BrokerProcess.start();
                Caller caller = new Caller(broker.port(), answers)) {
            List<String> flaws;
            try (GoodClient good = GoodClient.start("127.0.0.1:" + broker.port(), EVENTS_PER_SECOND)) {
                BadCalls calls = new BadCalls(settings.seed(), broker.words());
                look(broker, SETTLE);
                for (int round = 0; round < settings.rounds(); round++) {
                    measure(round, broker, caller, calls, good, senders);
                }
                good.finish();
                flaws = good.flaws();
            }
            return report(broker, flaws, (System.nanoTime() - startNanos) / 1e9);
        } finally {
            senders.shutdownNow();
        }
    }

    private void measure(
            int round, BrokerProcess broker, Caller caller, BadCalls calls, GoodClient good, ExecutorService senders)
            throws InterruptedException {
        broker.makeTopics();
        Rate quiet = new Rate(good);
        look(broker, settings.quiet());
        double quietRate = quiet.perSecond();
        List<Future<?>> sending = new ArrayList<>();
        Rate beside = new Rate(good);
        sending.add(senders.submit(sendCalls(caller, calls, round)));
        AtomicLong next = new AtomicLong(share(settings.scripts(), round));
        for (int i = 0; i < SCRIPT_THREADS; i++) {
            sending.add(senders.submit(playScripts(broker.port(), next, share(settings.scripts(), round + 1))));
        }
        sending.forEach(sender -> await(sender, broker));
        double besideRate = beside.perSecond();
        caller.awaitAll();
        pairs.add(new BadInputReport.Pair(quietRate, besideRate));
        progress.say(String.format(
                "round %d of %d: %.0f events a second, %.0f beside bad input, %d undocumented, %d uncaught, heap %.0f MiB",
                round + 1,
                settings.rounds(),
                quietRate,
                besideRate,
                answers.undocumented(),
                broker.state().faults(),
                heapMaxBytes / MIB));
        List<String> examples = answers.examples();
        examples.subList(examplesTold, examples.size()).forEach(progress::say);
        examplesTold = examples.size();
    }

    /** Where a round begins. */
    private long share(long all, int round) {
        return all * round / settings.rounds();
    }

    private Callable<Void> sendCalls(Caller caller, BadCalls calls, int round) {
        return () -> {
            Steady pace = new Steady(INPUTS_PER_SECOND);
            for (long index = share(settings.inputs(), round); index < share(settings.inputs(), round + 1); index++) {
                pace.await();
                caller.call(calls.at(index));
            }
            return null;
        };
    }

    private Callable<Void> playScripts(int port, AtomicLong next, long end) {
        double perSecond = settings.inputs() == 0
                ? SCRIPTS_PER_SECOND
                : Math.max(1, (double) INPUTS_PER_SECOND * settings.scripts() / settings.inputs());
        RawScripts scripts = scripts(settings.seed());
        return () -> {
            Steady pace = new Steady(perSecond / SCRIPT_THREADS);
            try (ScriptRunner runner = new ScriptRunner(port)) {
                for (long index = next.getAndIncrement(); index < end; index = next.getAndIncrement()) {
                    pace.await();
                    play(runner, scripts.at(index), index, answers);
                }
            }
            return null;
        };
    }

    private static RawScripts scripts(long seed) {
        return new RawScripts(
                seed, Rpc.all().stream().map(rpc -> "/" + rpc.name()).toList());
    }

    private static void play(ScriptRunner runner, RawScript script, long index, Answers answers) throws IOException {
        RawEnding ending = runner.play(script);
        String kind = "script " + script.kind();
        answers.count(kind, ending.closed() ? "closed" : "OPEN");
        ending.answers().forEach(answer -> answers.count(kind, answer));
        if (!ending.closed()) {
            answers.wrong("script s" + index + " " + script.kind() + ": the server did not close the connection");
        }
        if (ending.answers().contains("grpc-status 2")) {
            answers.wrong("script s" + index + " " + script.kind() + ": UNKNOWN");
        }
    }

    private void await(Future<?> sender, BrokerProcess broker) {
        while (true) {
            try {
                sender.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                look(broker);
            } catch (ExecutionException e) {
                throw new IllegalStateException("bad input could not be sent", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    /** Looks at the broker for so long. */
    private void look(BrokerProcess broker, Duration length) throws InterruptedException {
        long endNanos = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < endNanos) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            look(broker);
        }
    }

    private BrokerProcess.State look(BrokerProcess broker) {
        BrokerProcess.State state = broker.state();
        heapMaxBytes = Math.max(heapMaxBytes, state.heapBytes());
        residentMaxBytes = Math.max(residentMaxBytes, state.residentBytes());
        return state;
    }

    private BadInputReport report(BrokerProcess broker, List<String> flaws, double seconds)
            throws InterruptedException {
        long deadline = System.nanoTime() + END_PATIENCE.toNanos();
        while (look(broker).streams() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
        BrokerProcess.State last = broker.stateWithoutGarbage();
        double ratio = Statistics.median(pairs, BadInputReport.Pair::ratio);
        List<Target> targets = List.of(
                Target.atMost("undocumented", answers.undocumented(), 0),
                Target.atMost("uncaught", last.faults(), 0),
                Target.atMost("heap_max_mib", heapMaxBytes / MIB, BrokerProcess.HEAP_MIB),
                Target.atMost("streams_left", last.streams(), 0),
                Target.atLeast("good_client_ratio", ratio, LEAST_RATIO),
                Target.atMost("good_client_flaws", flaws.size(), 0));
        return new BadInputReport(
                settings.seed(),
                settings.inputs(),
                settings.scripts(),
                seconds,
                answers.counts(),
                answers.reasons(),
                answers.undocumented(),
                answers.examples(),
                last.faults(),
                broker.faults(last.faults()),
                heapMaxBytes / MIB,
                last.heapBytes() / MIB,
                residentMaxBytes / MIB,
                last.streams(),
                last.ledgerBytes(),
                pairs,
                ratio,
                flaws,
                targets);
    }

    /** What the well-behaved client does from now on. */
    private static final class Rate {
        private final GoodClient client;
        private final long startNanos = System.nanoTime();
        private final long start;

        Rate(GoodClient client) {
            this.client = client;
            this.start = client.received();
        }

        double perSecond() {
            return (client.received() - start) * 1e9 / (System.nanoTime() - startNanos);
        }
    }
}
