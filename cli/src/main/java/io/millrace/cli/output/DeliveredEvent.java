// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.core.event.Event;
import java.time.Instant;

/**
 * An event as it came, with its place.
 *
 * @param partition its partition
 * @param offset its offset there
 * @param recordTime when it was stored
 * @param event the event
 */
public record DeliveredEvent(int partition, long offset, Instant recordTime, Event event) {}
