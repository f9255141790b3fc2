// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Keeps what Kafka and Testcontainers have to say down to warnings, and to errors where warnings are normal, unless a
 * configuration of the test's own has set a level.
 */
public final class QuietLogs {
    private static final Map<String, Level> LEVELS = Map.of(
            "org.apache.kafka", Level.WARN,
            "kafka", Level.WARN,
            "state.change.logger", Level.WARN,
            "org.testcontainers", Level.WARN,
            "com.github.dockerjava", Level.WARN,
            "org.apache.kafka.controller.QuorumController", Level.ERROR,
            "org.apache.kafka.clients.NetworkClient", Level.ERROR);

    private QuietLogs() {}

    /** Does it, as far as Logback is what logs here. */
    public static void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            LEVELS.forEach((name, level) -> {
                if (logback.getLogger(name).getLevel() == null) {
                    logback.getLogger(name).setLevel(level);
                }
            });
        }
    }
}
