// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import java.nio.file.Path;

/**
 * Where the embedded Kafka keeps its data unless told otherwise: in the user's home, so that it is the same data
 * wherever the command is typed.
 */
final class DataDirectory {
    private DataDirectory() {}

    static Path ofUser() {
        String data = System.getenv("XDG_DATA_HOME");
        Path base = data != null && !data.isBlank()
                ? Path.of(data)
                : Path.of(System.getProperty("user.home"), ".local", "share");
        return base.resolve("millrace");
    }
}
