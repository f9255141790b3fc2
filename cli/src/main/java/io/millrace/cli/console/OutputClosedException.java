// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.console;

/** The reader of standard output has gone. It has what it wanted, so the command ends quietly. */
public final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputClosedException() {
        super("nobody reads standard output any more", null, false, false);
    }
}
