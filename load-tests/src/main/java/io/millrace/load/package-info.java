// SPDX-License-Identifier: Apache-2.0
/** The program of the load tests. */
@NullMarked
package io.millrace.load;

import org.jspecify.annotations.NullMarked;
