// SPDX-License-Identifier: Apache-2.0
/** Publishing: streams of batches on their way into the log, under credit. */
@NullMarked
package io.millrace.broker.ingest;

import org.jspecify.annotations.NullMarked;
