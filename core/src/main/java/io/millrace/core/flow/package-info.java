// SPDX-License-Identifier: Apache-2.0
/** Bounds that flows share: the ledger of memory. */
@NullMarked
package io.millrace.core.flow;

import org.jspecify.annotations.NullMarked;
