// SPDX-License-Identifier: Apache-2.0
/** The way of events to Kafka, through reactor-kafka. */
@NullMarked
package io.millrace.kafka.append;

import org.jspecify.annotations.NullMarked;
