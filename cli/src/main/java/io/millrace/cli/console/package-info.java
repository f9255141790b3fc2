// SPDX-License-Identifier: Apache-2.0
/** The program's streams, its screen, and the signals it is sent. */
@NullMarked
package io.millrace.cli.console;

import org.jspecify.annotations.NullMarked;
