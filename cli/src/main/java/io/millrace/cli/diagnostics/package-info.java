// SPDX-License-Identifier: Apache-2.0
/** The log file: library log lines go there and nowhere else. */
@NullMarked
package io.millrace.cli.diagnostics;

import org.jspecify.annotations.NullMarked;
