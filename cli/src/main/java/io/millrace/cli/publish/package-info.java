// SPDX-License-Identifier: Apache-2.0
/** The publish command: readers of input, the making of events, acknowledgements. */
@NullMarked
package io.millrace.cli.publish;

import org.jspecify.annotations.NullMarked;
