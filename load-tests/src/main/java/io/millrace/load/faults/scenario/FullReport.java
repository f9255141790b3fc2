// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.report.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a full run has shown, or what has ended of one.
 *
 * @param environment where
 * @param parts in the order in which they were run
 */
public record FullReport(Environment environment, List<FullPart> parts) {
    /** Copies the list. */
    public FullReport {
        parts = List.copyOf(parts);
    }

    /** Nothing was wrong anywhere. */
    public boolean isClean() {
        return parts.stream().allMatch(FullPart::clean);
    }

    /** One object on one line. */
    public String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("clean", isClean());
        json.put("parts", parts.stream().map(FullPart::asJson).toList());
        json.put("environment", environment);
        return JsonMapper.shared().writeValueAsString(json);
    }

    /** As a person reads it on a terminal. */
    public String toText() {
        String between = System.lineSeparator() + System.lineSeparator();
        return parts.stream().map(FullPart::text).collect(Collectors.joining(between));
    }

    /** Writes {@code README.md} beside the directories of the parts, which have all figures. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("README.md"), toMarkdown());
    }

    private String toMarkdown() {
        StringJoiner page = new StringJoiner("\n", "", "\n");
        page.add("# Everything that can go wrong, put to the test");
        page.add("");
        page.add(environment.line()
                + ". One part after the other; `load-tests/run faults --full --report DIR` makes all of it again.");
        page.add("");
        page.add("| | put to the test | |");
        page.add("|---|---|---|");
        parts.forEach(part -> page.add(row(part)));
        return page.toString();
    }

    private static String row(FullPart part) {
        String name = part.json() == null ? part.name() : "[%1$s](%1$s/README.md)".formatted(part.name());
        return "| " + name + " | " + part.putToTheTest() + " | " + part.result() + " |";
    }
}
