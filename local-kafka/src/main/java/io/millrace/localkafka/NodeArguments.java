// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the parent tells the child on its command line. */
record NodeArguments(
        Path dataDir, int port, int advertisedPort, boolean durable, Duration lockTimeout, Duration stopTimeout) {

    static NodeArguments of(LocalKafkaConfig config) {
        return new NodeArguments(
                config.dataDir(),
                config.kafkaPort(),
                config.advertisedPort(),
                config.durable(),
                config.lockTimeout(),
                config.stopTimeout());
    }

    static NodeArguments parse(List<String> arguments) {
        return new NodeArguments(
                Path.of(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                arguments.get(3).equals("durable"),
                Duration.parse(arguments.get(4)),
                Duration.parse(arguments.get(5)));
    }

    List<String> format() {
        return List.of(
                dataDir.toString(),
                Integer.toString(port),
                Integer.toString(advertisedPort),
                durable ? "durable" : "fast",
                lockTimeout.toString(),
                stopTimeout.toString());
    }
}
