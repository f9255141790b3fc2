// SPDX-License-Identifier: Apache-2.0
/** Situations from end to end: a real log, a real broker on a real port, the SDK on both sides. */
@NullMarked
package io.millrace.load.situations;

import org.jspecify.annotations.NullMarked;
