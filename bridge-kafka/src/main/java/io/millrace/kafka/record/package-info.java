// SPDX-License-Identifier: Apache-2.0
/** What an event is as a Kafka record, both ways. */
@NullMarked
package io.millrace.kafka.record;

import org.jspecify.annotations.NullMarked;
