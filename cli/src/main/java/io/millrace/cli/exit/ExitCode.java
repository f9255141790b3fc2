// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.exit;

/** What the program tells its caller; {@code docs/exit-codes.md} lists the same, kept equal by a test. */
public enum ExitCode {
    OK(0, "Done."),
    FAILURE(1, "Failed; the message says why and what to do."),
    USAGE(2, "The command line, or a value in it, cannot be meant."),
    UNREACHABLE(3, "No server answered within --timeout, or it went away and did not come back."),
    DENIED(4, "The server does not allow it."),
    NOT_FOUND(5, "The topic or partition does not exist."),
    DEADLINE(6, "The time was over before the server had answered; the outcome is unknown."),
    PARTLY(7, "Part of the work was done before it failed; the message says how much."),
    UNVERIFIED(8, "The work ended, but what came out is not what went in."),
    INTERRUPTED(130, "Stopped by SIGINT or SIGTERM; what had arrived was written.");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number. */
    public int code() {
        return code;
    }

    /** A sentence for the manual. */
    public String meaning() {
        return meaning;
    }
}
