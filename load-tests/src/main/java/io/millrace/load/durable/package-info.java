// SPDX-License-Identifier: Apache-2.0
/** Publishing to and replaying from a real, durable Kafka node, through Millrace and with Kafka's own clients. */
@NullMarked
package io.millrace.load.durable;

import org.jspecify.annotations.NullMarked;
