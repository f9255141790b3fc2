// SPDX-License-Identifier: Apache-2.0
/** What an error of Kafka's clients means to whoever asked. */
@NullMarked
package io.millrace.kafka.refusal;

import org.jspecify.annotations.NullMarked;
