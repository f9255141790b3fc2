// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import io.millrace.cli.console.Console;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What a person sees of the demo: a line for each step, and a bar while it lasts where there is a terminal. */
final class DemoScreen {
    private final Console console;
    private final boolean silent;

    private DemoScreen(Console console, boolean silent) {
        this.console = console;
        this.silent = silent;
    }

    /** For a person. */
    static DemoScreen forPeople(Console console) {
        return new DemoScreen(console, false);
    }

    /** Shows nothing. */
    static DemoScreen silent(Console console) {
        return new DemoScreen(console, true);
    }

    /** A step that is done. */
    void step(String name, String what) {
        line(String.format("  %-9s %s", name, what));
    }

    /** A line as it is. */
    void line(String text) {
        if (!silent) {
            console.out().line(text).flush();
        }
    }

    /** Runs a step with a bar that the step moves; the bar is gone afterwards. */
    void withBar(String name, long max, BarStep step) {
        if (silent || !console.terminal().errIsTerminal()) {
            step.run(value -> {});
            return;
        }
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("  " + name)
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(100)
                .clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(
                        console.err(), Math.min(100, console.terminal().columns())))
                .build()) {
            step.run(bar::stepTo);
        }
    }

    /** A step that tells how far it is. */
    @FunctionalInterface
    interface BarStep {
        void run(LongConsumer progress);
    }
}
