// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client in a process of its own: a {@link Work} on each line of standard input, a {@link Done} or a fault on each of
 * standard output. Ends when its input does.
 */
public final class ClientMain {
    static final String FAULT = "fault ";

    private static final JsonMapper JSON = new JsonMapper();

    private ClientMain() {}

    /** Runs the client of the side that is named, against the address that follows. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Client client = Side.valueOf(arguments[0]).connect(arguments[1])) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                answers.println(answer(client, line));
            }
        }
        System.exit(0);
    }

    static String answer(Client client, String line) {
        try {
            return JSON.writeValueAsString(client.run(JSON.readValue(line, Work.class)));
        } catch (RuntimeException e) {
            return FAULT + e.toString().replace('\n', ' ');
        }
    }

    static String format(Work work) {
        return JSON.writerFor(Work.class).writeValueAsString(work);
    }

    static Done parse(String line) {
        if (line.startsWith(FAULT)) {
            throw new IllegalStateException(line.substring(FAULT.length()));
        }
        return JSON.readValue(line, Done.class);
    }
}
