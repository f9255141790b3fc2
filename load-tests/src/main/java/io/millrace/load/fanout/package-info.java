// SPDX-License-Identifier: Apache-2.0
/**
 * Fan-out: one stream of events to many subscribers, from Millrace and from a plain multicast sink, each in a process
 * of its own so that the CPU time of the whole server is counted.
 */
@NullMarked
package io.millrace.load.fanout;

import org.jspecify.annotations.NullMarked;
