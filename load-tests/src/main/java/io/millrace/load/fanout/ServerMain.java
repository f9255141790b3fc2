// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A server in a process of its own, driven by lines on standard input: {@code make OFFSET}, {@code subscribers} and
 * {@code compiled}. It answers {@code port N} at the start, {@code subscribers N} and {@code compiled MILLISECONDS},
 * and ends when its input does.
 */
public final class ServerMain {
    static final String MAKE = "make";
    static final String SUBSCRIBERS = "subscribers";
    static final String COMPILED = "compiled";
    static final String PORT = "port";

    private ServerMain() {}

    /** Runs the server of the contestant that is named. */
    public static void main(String[] arguments) throws IOException {
        Contestant contestant = Contestant.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (FanOutServer server = contestant.start()) {
            obey(server, in, answers);
        }
        System.exit(0);
    }

    static void obey(FanOutServer server, BufferedReader in, PrintStream out) throws IOException {
        out.println(PORT + " " + server.port());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(SUBSCRIBERS)) {
                out.println(SUBSCRIBERS + " " + server.subscribers());
            } else if (line.equals(COMPILED)) {
                out.println(COMPILED + " "
                        + ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
            } else {
                server.makeUntil(Long.parseLong(line, MAKE.length() + 1, line.length(), 10));
            }
        }
    }
}
