// SPDX-License-Identifier: Apache-2.0
/** Chance that a seed repeats. */
@NullMarked
package io.millrace.load.seeded;

import org.jspecify.annotations.NullMarked;
