// SPDX-License-Identifier: Apache-2.0
/** Follows the live end of the partitions in use and keeps their rings filled. */
@NullMarked
package io.millrace.broker.tail;

import org.jspecify.annotations.NullMarked;
