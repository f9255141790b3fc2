// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.DataOut;
import io.millrace.cli.console.Interrupts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One command in this JVM: what it wrote, and its exit code. */
record Run(int exitCode, String out, String err) {
    static Run of(String... arguments) {
        return withInput("", arguments);
    }

    static Run withInput(String input, String... arguments) {
        return withInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), arguments);
    }

    static Run withInput(InputStream input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = console(input, out, err);
        int exitCode = CommandTree.of(console).execute(arguments);
        console.out().flush();
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static Console console(InputStream input, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Console(
                input,
                new DataOut(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Console.Terminal.NONE,
                new Interrupts(() -> {}));
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
