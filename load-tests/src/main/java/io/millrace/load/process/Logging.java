// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.logging.LogManager;

/**
 * Sets {@code java.util.logging} up, by which gRPC logs: for {@code -Djava.util.logging.config.class}. A subscriber that
 * leaves is worth a warning to gRPC's server, and a benchmark ends thousands of them.
 */
public final class Logging {
    private static final String FILE = "/logging.properties";

    /** Called by the platform. */
    public Logging() throws IOException {
        try (InputStream file = Logging.class.getResourceAsStream(FILE)) {
            LogManager.getLogManager().readConfiguration(Objects.requireNonNull(file));
        }
    }
}
