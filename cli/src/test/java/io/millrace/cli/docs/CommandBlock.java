// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a page that a reader would type.
 *
 * <ul>
 *   <li>{@code sh}: a script; it must end with 0.
 *   <li>{@code console}: commands behind {@code $ } (and {@code > } for further lines of one) and what they write,
 *       where {@code …} stands for any text, and alone on its line for any lines.
 *   <li>Under {@code <!-- a terminal of its own -->}: goes on in the background until the page ends; what is shown is
 *       waited for.
 *   <li>Under {@code <!-- a terminal of its own, which shows more as it comes -->}: the same, waited for at the end.
 *   <li>Under {@code <!-- not run: reason -->}: not run, which is counted and told.
 * </ul>
 *
 * @param page where it stands
 * @param line its first line there, from 1
 * @param language what stands behind the fence
 * @param text what stands between the fences
 * @param notRunBecause empty where it is run
 * @param ownTerminal true where it goes on in the background
 * @param showsMoreLater true where what is shown is complete only at the end
 */
record CommandBlock(
        Path page,
        int line,
        String language,
        String text,
        String notRunBecause,
        boolean ownTerminal,
        boolean showsMoreLater) {
    private static final Pattern FENCE = Pattern.compile(
            "(?:<!-- (?<mark>[^>]*?) -->\\n)?^```(?<language>[^\\n]*)\\n(?<text>.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final String NOT_RUN = "not run: ";
    private static final String OWN_TERMINAL = "a terminal of its own";
    private static final String SHOWS_MORE_LATER = OWN_TERMINAL + ", which shows more as it comes";
    private static final Set<String> TERMINALS = Set.of(OWN_TERMINAL, SHOWS_MORE_LATER);
    private static final Set<String> COMMANDS = Set.of("sh", "console");

    /** What is no command: compiled elsewhere, or there to be read. */
    private static final Set<String> OTHERS = Set.of("java", "text");

    /** The blocks of a page in order. Throws when it has one of a language that is not known here. */
    static List<CommandBlock> of(Path page) {
        String content = Repository.read(page);
        List<CommandBlock> blocks = new ArrayList<>();
        Matcher fence = FENCE.matcher(content);
        while (fence.find()) {
            String language = fence.group("language").trim();
            int line =
                    (int) content.substring(0, fence.start("language")).lines().count();
            if (COMMANDS.contains(language)) {
                blocks.add(of(page, line, fence));
            } else if (!OTHERS.contains(language)) {
                throw new AssertionError(page + ":" + line + ": a block of the language '" + language
                        + "'; write sh or console for commands, java or text for the rest");
            }
        }
        return blocks;
    }

    boolean isRun() {
        return notRunBecause.isEmpty();
    }

    String where() {
        return Repository.ROOT.relativize(page) + ":" + line;
    }

    private static CommandBlock of(Path page, int line, Matcher fence) {
        String mark = fence.group("mark") == null ? "" : fence.group("mark");
        if (!mark.isEmpty() && !TERMINALS.contains(mark) && !mark.startsWith(NOT_RUN)) {
            throw new AssertionError(page + ":" + line + ": the mark '" + mark + "' is not known");
        }
        return new CommandBlock(
                page,
                line,
                fence.group("language").trim(),
                fence.group("text"),
                mark.startsWith(NOT_RUN) ? mark.substring(NOT_RUN.length()) : "",
                TERMINALS.contains(mark),
                mark.equals(SHOWS_MORE_LATER));
    }
}
