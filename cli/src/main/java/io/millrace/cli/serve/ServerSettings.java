// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import java.nio.file.Path;

/**
 * What a server is to be.
 *
 * @param host address to bind
 * @param grpcPort port to bind, 0 for any free one
 * @param log where events are kept
 */
public record ServerSettings(String host, int grpcPort, LogChoice log) {
    /** The port of Millrace. */
    public static final int DEFAULT_GRPC_PORT = 7450;

    /** The port of the embedded Kafka. */
    public static final int DEFAULT_KAFKA_PORT = 7492;

    /** Where events are kept. */
    public sealed interface LogChoice {
        /** In memory, for as long as the program runs. */
        record Memory() implements LogChoice {}

        /**
         * In a Kafka node of our own.
         *
         * @param dataDir its directory
         * @param port its port, 0 for any free one
         * @param durable whether an acknowledged event survives a power failure
         */
        record EmbeddedKafka(Path dataDir, int port, boolean durable) implements LogChoice {}

        /**
         * In a Kafka cluster that runs already.
         *
         * @param bootstrapServers as Kafka's clients have it
         */
        record ExternalKafka(String bootstrapServers) implements LogChoice {}
    }
}
