// SPDX-License-Identifier: Apache-2.0
/** What goes over the wire: events framed once, and batches that are slices of framed events. */
@NullMarked
package io.millrace.broker.frame;

import org.jspecify.annotations.NullMarked;
