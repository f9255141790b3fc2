// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} is what {@link Reason} says, and nothing else. */
class ErrorCatalogueTest {
    private static final String WRITE = "millrace.docs.write";
    private static final String COMMAND = "mvn -q -pl core test -Dtest=ErrorCatalogueTest -D" + WRITE;
    private static final Path DOCUMENT = Path.of("..", "docs", "errors.md");

    @Test
    void theDocumentOfErrorsIsWhatTheCatalogueSays() throws IOException {
        if (System.getProperty(WRITE) != null) {
            Files.writeString(DOCUMENT, document());
        }
        assertThat(Files.readString(DOCUMENT))
                .as("docs/errors.md is out of date; make it anew: %s", COMMAND)
                .isEqualTo(document());
    }

    @Test
    void everyAdviceIsASentenceOrTwo() {
        assertThat(Reason.values())
                .extracting(Reason::advice)
                .allSatisfy(advice -> assertThat(advice).matches("[A-Z].{10,120}\\."));
    }

    private static String document() {
        return """
                <!-- Generated from io.millrace.core.refusal.Reason by `%s`. -->
                # Errors
                Everything that Millrace refuses has a reason from this list. On the wire a refusal is a gRPC status with
                `google.rpc` details:

                - `ErrorInfo`: `reason` is the name below, `domain` is `millrace.io`, `metadata` has the facts;
                - `RetryInfo`: there exactly when the same request may succeed later without being changed;
                - `Help`: the advice below, with a link to this page.

                In Java it is a `MillraceException`: `reason()`, `code()`, `retryable()`, `hint()` (the advice) and `metadata()`.
                The command line prints message and advice and ends with an [exit code](exit-codes.md).

                | reason | code | retry |
                |---|---|---|
                %s

                %s
                """.formatted(
                COMMAND,
                Arrays.stream(Reason.values()).map(ErrorCatalogueTest::row).collect(Collectors.joining("\n")),
                Arrays.stream(Reason.values()).map(ErrorCatalogueTest::section).collect(Collectors.joining("\n\n")));
    }

    private static String row(Reason reason) {
        return "| [%s](#%s) | `%s` | %s |"
                .formatted(
                        reason,
                        reason.name().toLowerCase(java.util.Locale.ROOT),
                        reason.code(),
                        reason.retryable() ? "yes" : "no");
    }

    private static String section(Reason reason) {
        return "## %s\n`%s`, %s. %s"
                .formatted(reason, reason.code(), reason.retryable() ? "retryable" : "not retryable", reason.advice());
    }
}
