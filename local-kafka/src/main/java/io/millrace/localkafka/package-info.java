// SPDX-License-Identifier: Apache-2.0
/**
 * A real Kafka, one KRaft node in a JVM of its own, for whoever has none.
 *
 * <p>{@link io.millrace.localkafka.LocalKafka} starts and stops the node,
 * {@link io.millrace.localkafka.LocalKafkaSupervisor} also starts it again when it dies. The command line and tests are
 * the only users.
 */
@NullMarked
package io.millrace.localkafka;

import org.jspecify.annotations.NullMarked;
