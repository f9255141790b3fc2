// SPDX-License-Identifier: Apache-2.0
/** Streams that are driven by one event loop, without a queue. */
@NullMarked
package io.millrace.broker.loop;

import org.jspecify.annotations.NullMarked;
