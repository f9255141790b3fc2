// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What happens to a local node, told while it happens.
 *
 * <p>A start tells {@link WaitingForDirectory} (only when it has to), {@link Formatting} (first start only),
 * {@link Starting} and {@link Ready}, in this order. A supervisor adds {@link Died} and {@link RestartFailed}; the
 * recovery is the next {@link Ready}.
 *
 * <p>Events come one at a time on a thread of the node: a listener that blocks there delays the start.
 */
public sealed interface LocalKafkaEvent {
    /** Another node still holds the directory. */
    record WaitingForDirectory(Path dataDir, String holder) implements LocalKafkaEvent {}

    /** The directory is new and is being made ready for Kafka. */
    record Formatting(Path dataDir) implements LocalKafkaEvent {}

    /** The node has its directory and its port, and Kafka is starting. */
    record Starting() implements LocalKafkaEvent {}

    /** Clients can connect. {@code took} is the time since the start of the process. */
    record Ready(String bootstrapServers, long pid, Duration took) implements LocalKafkaEvent {}

    /** The node ended and nobody had asked it to. It is started again after {@code nextStartIn}. */
    record Died(long pid, int exitCode, Path logFile, Duration nextStartIn) implements LocalKafkaEvent {}

    /** A dead node could not be started again yet. The next try comes after {@code nextStartIn}, without end. */
    record RestartFailed(StartRefusal refusal, Duration nextStartIn) implements LocalKafkaEvent {}
}
