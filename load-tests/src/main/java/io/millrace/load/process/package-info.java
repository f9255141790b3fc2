// SPDX-License-Identifier: Apache-2.0
/** Programs in Java virtual machines of their own, and what they cost. */
@NullMarked
package io.millrace.load.process;

import org.jspecify.annotations.NullMarked;
