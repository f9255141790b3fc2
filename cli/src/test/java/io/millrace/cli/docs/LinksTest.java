// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links between the pages of this repository lead somewhere. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]\\n]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern ANCHOR = Pattern.compile("<a name=\"([^\"]+)\"");

    /** Messages of google/rpc are described where they come from. */
    private static final Pattern FOREIGN = Pattern.compile("https?://.*|#google-.*");

    @Test
    void everyLinkWithinTheRepositoryLeadsSomewhere() {
        List<Path> pages = Repository.pages();
        assertThat(pages).contains(Repository.file("README.md"), Repository.file("docs/rules.md"));
        assertThat(pages)
                .allSatisfy(page -> assertThat(brokenLinks(page))
                        .as("broken links in %s", page)
                        .isEmpty());
    }

    @Test
    void everyModuleIntroducesItself() {
        List<Path> modules = Pattern.compile("<module>([\\w-]+)</module>")
                .matcher(Repository.read(Repository.file("pom.xml")))
                .results()
                .map(module -> Repository.file(module.group(1) + "/README.md"))
                .toList();
        assertThat(modules).isNotEmpty().allSatisfy(readme -> assertThat(readme).exists());
    }

    private static List<String> brokenLinks(Path page) {
        String text = CODE.matcher(Repository.read(page)).replaceAll("");
        return LINK.matcher(text)
                .results()
                .map(link -> link.group(1))
                .filter(link -> !FOREIGN.matcher(link).matches())
                .filter(link -> !leadsSomewhere(page, link))
                .toList();
    }

    private static boolean leadsSomewhere(Path page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return Files.exists(target) && (parts.length == 1 || anchors(target).contains(parts[1]));
    }

    private static Set<String> anchors(Path page) {
        String text = Repository.read(page);
        return Stream.concat(
                        HEADING.matcher(text).results().map(heading -> anchor(heading.group(1))),
                        ANCHOR.matcher(text).results().map(name -> name.group(1)))
                .collect(Collectors.toSet());
    }

    /** As GitHub makes them: lower case, spaces as hyphens, no punctuation. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    }
}
