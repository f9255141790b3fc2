// SPDX-License-Identifier: Apache-2.0
/** The log port on Kafka. Its door is {@link io.millrace.kafka.KafkaEventLog}. */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
