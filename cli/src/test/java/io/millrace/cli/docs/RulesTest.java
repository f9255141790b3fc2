// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every promise of {@code docs/rules.md} has its number and tests that exist. */
class RulesTest {
    private static final String RULES = Repository.read(Repository.file("docs/rules.md"));
    private static final Pattern RULE = Pattern.compile("^- \\*\\*M(\\d+)\\.(\\d+)\\*\\* (.+)$", Pattern.MULTILINE);
    private static final Pattern PROOF = Pattern.compile("\\*Proved by\\* (`\\w+`(?:, `\\w+`)*)\\.$");
    private static final Pattern NUMBER = Pattern.compile("\\bM\\d+\\.\\d+\\b");

    private static final Set<String> TEST_CLASSES = Repository.files(".java").stream()
            .filter(file -> file.toString().contains("/src/test/java/"))
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());

    @Test
    void everyRuleNamesTestsThatExist() {
        assertThat(rules()).hasSizeGreaterThan(20).allSatisfy(rule -> {
            List<String> proofs = PROOF.matcher(rule.group(3))
                    .results()
                    .flatMap(proof -> List.of(proof.group(1).replace("`", "").split(", ")).stream())
                    .toList();
            assertThat(proofs).as("tests that prove %s", rule.group()).isNotEmpty();
            assertThat(TEST_CLASSES).as("tests that prove %s", rule.group()).containsAll(proofs);
        });
    }

    @Test
    void everyLineThatBeginsWithANumberIsARule() {
        long lines = RULES.lines().filter(line -> line.startsWith("- **M")).count();
        assertThat(rules()).hasSize((int) lines);
    }

    @Test
    void rulesAreNumberedWithoutHoles() {
        List<String> expected = new ArrayList<>();
        int chapter = 0;
        int number = 0;
        for (MatchResult rule : rules()) {
            boolean nextChapter = Integer.parseInt(rule.group(1)) != chapter;
            chapter += nextChapter ? 1 : 0;
            number = nextChapter ? 1 : number + 1;
            expected.add("M" + chapter + "." + number);
        }
        assertThat(rules())
                .extracting(rule -> "M" + rule.group(1) + "." + rule.group(2))
                .isEqualTo(expected);
    }

    @Test
    void whoCitesARuleCitesOneThatExists() {
        Set<String> numbers = rules().stream()
                .map(rule -> "M" + rule.group(1) + "." + rule.group(2))
                .collect(Collectors.toSet());
        assertThat(Repository.files(".java"))
                .allSatisfy(file -> assertThat(
                                NUMBER.matcher(Repository.read(file)).results().map(MatchResult::group))
                        .as("rules cited in %s", file)
                        .allMatch(cited -> numbers.contains(cited) || file.endsWith("RulesTest.java")));
    }

    private static List<MatchResult> rules() {
        return RULE.matcher(RULES).results().toList();
    }
}
