// SPDX-License-Identifier: Apache-2.0
/**
 * What was published, stored and read, in columns of numbers, and the checker that holds them against each other. Knows
 * nothing of networks or processes.
 */
@NullMarked
package io.millrace.load.check;

import org.jspecify.annotations.NullMarked;
