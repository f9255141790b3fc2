// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The options of the Java virtual machine that {@code millrace serve} runs with: the very file that it uses. */
public final class ServeOptions {
    private static final String FILE = "/serve.options";

    private ServeOptions() {}

    /** One option each; what an older JVM does not know it ignores. */
    public static List<String> all() {
        try (InputStream file = ServeOptions.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is not on the class path: build load-tests again");
            }
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith("-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
