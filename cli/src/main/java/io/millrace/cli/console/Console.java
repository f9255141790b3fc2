// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.console;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads, writes data, and talks to a person.
 *
 * @param in standard input; a read gives what is there and waits only when nothing is
 * @param out standard output, data only
 * @param err standard error, for people
 * @param terminal which of the three are a terminal
 * @param interrupts SIGINT and SIGTERM
 */
public record Console(InputStream in, DataOut out, PrintStream err, Terminal terminal, Interrupts interrupts) {
    /**
     * What is known of the terminal.
     *
     * @param outIsTerminal standard output is read by a person
     * @param errIsTerminal standard error is read by a person
     * @param columns width in characters
     */
    public record Terminal(boolean outIsTerminal, boolean errIsTerminal, int columns) {
        private static final int DEFAULT_COLUMNS = 100;

        /** No terminal at all: pipes and files. */
        public static final Terminal NONE = new Terminal(false, false, DEFAULT_COLUMNS);

        /*
         * Only the launcher can tell a terminal from a pipe for each stream: System.console() means all of them at
         * once, and on newer JDKs it is there without any terminal. It hands over "12" for stdout and stderr.
         */
        static Terminal ofLauncher() {
            String descriptors = System.getProperty("millrace.terminals", "");
            Integer columns = Integer.getInteger("millrace.columns", DEFAULT_COLUMNS);
            return new Terminal(
                    descriptors.contains("1"), descriptors.contains("2"), columns > 0 ? columns : DEFAULT_COLUMNS);
        }
    }

    /** The process's own streams. */
    public static Console ofProcess(Interrupts interrupts) {
        return new Console(
                new BufferedInputStream(new FileInputStream(FileDescriptor.in), 64 * 1024),
                new DataOut(new FileOutputStream(FileDescriptor.out)),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Terminal.ofLauncher(),
                interrupts);
    }

    /** Says something to the person at the screen. */
    public void say(String line) {
        err.println(line);
    }
}
