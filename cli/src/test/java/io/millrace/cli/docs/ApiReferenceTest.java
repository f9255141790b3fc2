// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/api.md} is what protoc-gen-doc makes of the contract. Its order of files is that of a directory listing,
 * so chapters are sorted here; what it says about other languages' scalar types is left out.
 */
class ApiReferenceTest {
    private static final String WRITE = "millrace.docs.write";
    private static final String COMMAND =
            "mvn -q -pl cli -am test -Dtest=ApiReferenceTest" + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE;
    private static final Path GENERATED = Repository.file("proto/target/proto-docs/API.md");
    private static final Path DOCUMENT = Repository.file("docs/api.md");

    /** What protoc-gen-doc puts before the name of each file. */
    private static final String CHAPTER = "(?=<a name=\"\\w+-proto\"></a>)";

    /** Links into the table of scalar types, which is left out. */
    private static final Pattern SCALAR = Pattern.compile("\\[(\\w+)\\]\\(#\\1\\)");

    @Test
    void theReferenceIsWhatTheContractSays() throws IOException {
        if (System.getProperty(WRITE) != null) {
            Files.writeString(DOCUMENT, document());
        }
        assertThat(Repository.read(DOCUMENT))
                .as("docs/api.md is out of date; make it anew: %s", COMMAND)
                .isEqualTo(document());
    }

    private static String document() {
        String generated = Repository.read(GENERATED);
        String body = generated.substring(0, generated.indexOf("## Scalar Value Types"));
        String[] chapters = body.split(CHAPTER);
        String text = Arrays.stream(chapters)
                .skip(1)
                .map(chapter -> chapter.replace("<p align=\"right\"><a href=\"#top\">Top</a></p>", ""))
                .sorted()
                .collect(Collectors.joining("\n"));
        return """
                <!-- Generated from proto/src/main/proto by `%s`. -->
                # API reference
                The services, messages and enums of `millrace.v1`. What a server does not support yet it refuses with
                [NOT_SUPPORTED](errors.md#not_supported). Health (`grpc.health.v1`) and reflection are served too.

                %s""".formatted(COMMAND, tidied(text));
    }

    private static String tidied(String text) {
        return SCALAR.matcher(text)
                        .replaceAll("$1")
                        .lines()
                        .map(String::stripTrailing)
                        .collect(Collectors.joining("\n"))
                        .replaceAll("\n{3,}", "\n\n")
                + "\n";
    }
}
