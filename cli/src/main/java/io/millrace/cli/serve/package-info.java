// SPDX-License-Identifier: Apache-2.0
/** The serve command and the assembly of a server: a log and a broker over it. */
@NullMarked
package io.millrace.cli.serve;

import org.jspecify.annotations.NullMarked;
