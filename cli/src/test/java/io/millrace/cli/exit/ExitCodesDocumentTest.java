// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.exit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.refusal.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page about exit codes says what the code does, no more and no less. */
class ExitCodesDocumentTest {
    private static final Path PAGE = Path.of("..", "docs", "exit-codes.md");

    @Test
    void thePageListsEveryExitCode() throws Exception {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| \\d+ \\|.*"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(ExitCode.values())
                        .map(code -> "| " + code.code() + " | " + code + " | " + code.meaning() + " |")
                        .toList());
    }

    @Test
    void thePageListsWhatEveryStatusCodeLeadsTo() throws Exception {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| [A-Z_]+ \\| \\d+ \\|"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Code.values())
                        .map(code ->
                                "| " + code + " | " + Failures.exitCode(code).code() + " |")
                        .toList());
    }
}
