// SPDX-License-Identifier: Apache-2.0
/** The publisher SDK: events in under backpressure, acknowledgements out in the same order. */
@NullMarked
package io.millrace.producers;

import org.jspecify.annotations.NullMarked;
