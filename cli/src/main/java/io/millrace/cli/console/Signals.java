// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.console;

import sun.misc.Signal;

/*
 * Why sun.misc.Signal (module jdk.unsupported, in every JDK): a shutdown hook cannot tell SIGINT from SIGTERM, cannot
 * choose the exit code, and runs beside the command instead of before its end. The class is used in this file only.
 */
/** Connects the signals of the operating system to {@link Interrupts}. */
public final class Signals {
    private Signals() {}

    /** From now on the signals are the program's own matter. */
    public static void connect(Interrupts interrupts) {
        Signal.handle(new Signal("INT"), signal -> interrupts.raise(Interrupts.Kind.INT));
        Signal.handle(new Signal("TERM"), signal -> interrupts.raise(Interrupts.Kind.TERM));
    }
}
