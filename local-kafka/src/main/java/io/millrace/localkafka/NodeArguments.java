// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the parent tells the child on its command line. */
record NodeArguments(Path dataDir, int port, boolean durable, Duration lockTimeout, Duration stopTimeout) {

    static NodeArguments of(LocalKafkaConfig config) {
        return new NodeArguments(
                config.dataDir(), config.kafkaPort(), config.durable(), config.lockTimeout(), config.stopTimeout());
    }

    static NodeArguments parse(List<String> arguments) {
        return new NodeArguments(
                Path.of(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                arguments.get(2).equals("durable"),
                Duration.parse(arguments.get(3)),
                Duration.parse(arguments.get(4)));
    }

    List<String> format() {
        return List.of(
                dataDir.toString(),
                Integer.toString(port),
                durable ? "durable" : "fast",
                lockTimeout.toString(),
                stopTimeout.toString());
    }
}
