// SPDX-License-Identifier: Apache-2.0
/** The command line {@code millrace}: the one main, and the only module that knows every other. */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
