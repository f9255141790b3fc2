// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

/** A filter that cannot be meant: where, and what to write instead. */
public final class FilterException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;
    private final int column;

    FilterException(String message, int line, int column) {
        super(message, null, false, false);
        this.line = line;
        this.column = column;
    }

    /** Line in the expression, from 1. */
    public int line() {
        return line;
    }

    /** Character in the line, from 1; a character outside the BMP counts once. */
    public int column() {
        return column;
    }
}
