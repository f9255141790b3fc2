// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import java.io.IOException;

/** The input is not what its format says; the message begins with the number of the line. */
final class BadInputException extends IOException {
    private static final long serialVersionUID = 1L;

    BadInputException(long line, String what) {
        super("line " + line + ": " + what);
    }
}
