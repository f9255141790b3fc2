// SPDX-License-Identifier: Apache-2.0
/** The live end of all partitions, on one consumer. */
@NullMarked
package io.millrace.kafka.tail;

import org.jspecify.annotations.NullMarked;
