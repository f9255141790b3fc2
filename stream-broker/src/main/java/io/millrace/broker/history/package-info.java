// SPDX-License-Identifier: Apache-2.0
/** The past of partitions: read from the log and framed once, for however many replays stand near each other. */
@NullMarked
package io.millrace.broker.history;

import org.jspecify.annotations.NullMarked;
