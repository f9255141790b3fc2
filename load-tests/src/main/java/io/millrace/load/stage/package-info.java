// SPDX-License-Identifier: Apache-2.0
/**
 * The processes of the durable workloads: a real Kafka node that forces every batch to the disk, a broker over it, and
 * clients of both sides that check every event.
 */
@NullMarked
package io.millrace.load.stage;

import org.jspecify.annotations.NullMarked;
