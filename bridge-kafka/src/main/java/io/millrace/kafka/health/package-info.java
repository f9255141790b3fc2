// SPDX-License-Identifier: Apache-2.0
/** Whether Kafka answers: a circuit breaker over all that is asked of it. */
@NullMarked
package io.millrace.kafka.health;

import org.jspecify.annotations.NullMarked;
