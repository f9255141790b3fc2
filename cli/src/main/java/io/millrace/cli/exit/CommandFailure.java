// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.exit;

import org.jspecify.annotations.Nullable;

/** Ends a command: one line for a person, which says what to do, and the exit code for a program. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /** A failure without a deeper cause. */
    public CommandFailure(ExitCode exitCode, String sentence) {
        this(exitCode, sentence, null);
    }

    /** A failure whose cause is shown with {@code -v}. */
    public CommandFailure(ExitCode exitCode, String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** A mistake in the command line. */
    public static CommandFailure usage(String sentence) {
        return new CommandFailure(ExitCode.USAGE, sentence);
    }

    /** The exit code. */
    public ExitCode exitCode() {
        return exitCode;
    }

    /** The line for a person. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
