// SPDX-License-Identifier: Apache-2.0
/** Subscriptions: cursors that cut batches out of rings and history, under credit. */
@NullMarked
package io.millrace.broker.delivery;

import org.jspecify.annotations.NullMarked;
