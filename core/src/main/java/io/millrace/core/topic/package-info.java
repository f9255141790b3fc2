// SPDX-License-Identifier: Apache-2.0
/** Names and settings of topics, and their partitions. */
@NullMarked
package io.millrace.core.topic;

import org.jspecify.annotations.NullMarked;
