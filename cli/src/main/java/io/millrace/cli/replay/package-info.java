// SPDX-License-Identifier: Apache-2.0
/** The replay command: history again, at the pace at which it happened. */
@NullMarked
package io.millrace.cli.replay;

import org.jspecify.annotations.NullMarked;
