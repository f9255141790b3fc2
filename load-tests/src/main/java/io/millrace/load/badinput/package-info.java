// SPDX-License-Identifier: Apache-2.0
/**
 * Bad input: calls that no client of ours would make, to a broker in a process of its own, beside a client that behaves.
 * {@link io.millrace.load.badinput.BadInput} is its door.
 */
@NullMarked
package io.millrace.load.badinput;

import org.jspecify.annotations.NullMarked;
