// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this repository, as the tests of its documentation see them. */
final class Repository {
    /** Tests run in the directory of their module. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Repository() {}

    static Path file(String path) {
        return ROOT.resolve(path);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every Markdown page that is written by hand or generated, but nothing that a build makes. */
    static List<Path> pages() {
        return files(".md");
    }

    /** Every file with this ending, outside of build directories and hidden ones. */
    static List<Path> files(String ending) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> isSource(ROOT.relativize(file)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSource(Path relative) {
        for (Path name : relative) {
            if (name.toString().equals("target")
                    || name.toString().equals("node_modules")
                    || name.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }
}
