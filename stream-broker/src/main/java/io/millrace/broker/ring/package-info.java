// SPDX-License-Identifier: Apache-2.0
/** The tail of a partition in memory, as immutable pages of framed events. Knows neither gRPC nor the log. */
@NullMarked
package io.millrace.broker.ring;

import org.jspecify.annotations.NullMarked;
