// SPDX-License-Identifier: Apache-2.0
/** Readers of history: any number of them, on a bounded number of consumers. */
@NullMarked
package io.millrace.kafka.read;

import org.jspecify.annotations.NullMarked;
