// SPDX-License-Identifier: Apache-2.0
/** Options and arguments that several commands share, and the texts they are written in. */
@NullMarked
package io.millrace.cli.option;

import org.jspecify.annotations.NullMarked;
