// SPDX-License-Identifier: Apache-2.0
/** What reads bytes of strangers, under a fuzzer that is led by the coverage of our code. */
@NullMarked
package io.millrace.load.fuzz;

import org.jspecify.annotations.NullMarked;
