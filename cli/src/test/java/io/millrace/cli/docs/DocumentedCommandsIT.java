// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands of the README and of {@code docs/} do what the pages say: each page is typed from its first block to its
 * last, on a real Kafka. A block that is not run has its reason, and is counted on standard output.
 */
class DocumentedCommandsIT {
    static Stream<Path> pages() {
        return Stream.concat(
                Stream.of("README.md", "CONTRIBUTING.md").map(Repository::file),
                Repository.pages().stream().filter(page -> page.startsWith(Repository.file("docs"))));
    }

    static Stream<Path> pagesThatAreRun() {
        return pages().filter(page -> CommandBlock.of(page).stream().anyMatch(CommandBlock::isRun));
    }

    @ParameterizedTest
    @MethodSource("pagesThatAreRun")
    void theCommandsOfAPageDoWhatItSays(Path page, @TempDir Path directory) throws Exception {
        try (Session session = new Session(directory)) {
            for (CommandBlock block : CommandBlock.of(page)) {
                if (block.isRun()) {
                    session.type(block);
                }
            }
            session.checkTerminals();
        }
    }

    @Test
    void whatIsNotRunHasItsReason() {
        List<CommandBlock> all =
                pages().flatMap(page -> CommandBlock.of(page).stream()).toList();
        List<CommandBlock> notRun = all.stream().filter(block -> !block.isRun()).toList();

        System.out.println("docs: " + (all.size() - notRun.size()) + " blocks of commands are run, " + notRun.size()
                + " are not: "
                + notRun.stream()
                        .map(block -> block.where() + " (" + block.notRunBecause() + ")")
                        .collect(Collectors.joining(", ")));
        assertThat(notRun)
                .allSatisfy(block ->
                        assertThat(block.notRunBecause()).as(block.where()).hasSizeGreaterThan(10));
    }

    @Test
    void theReadmeShowsMoreThanItLeavesOut() {
        List<CommandBlock> blocks = CommandBlock.of(Repository.file("README.md"));

        assertThat(blocks.stream().filter(CommandBlock::isRun)).hasSizeGreaterThan(blocks.size() / 2);
    }
}
