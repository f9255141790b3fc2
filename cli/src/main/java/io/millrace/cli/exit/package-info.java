// SPDX-License-Identifier: Apache-2.0
/** The exit codes of every command and which failure leads to which. */
@NullMarked
package io.millrace.cli.exit;

import org.jspecify.annotations.NullMarked;
