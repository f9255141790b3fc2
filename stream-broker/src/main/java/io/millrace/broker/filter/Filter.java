// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which events a reader wants: a CEL expression over the envelope, whose language is told in {@code docs/filters.md}.
 *
 * <p>CEL itself parses and checks it. Comparisons of texts, lists of them, and their logic become conditions over the
 * framed bytes, which decode nothing and allocate nothing (a key outside ASCII aside, which is copied). Everything else is
 * interpreted by CEL within a limit of cost for each event. An event for which the expression is an error does not pass.
 *
 * <p><b>Threads.</b> One caller at a time: a filter holds the event it looks at. {@link #compile} is safe from any thread
 * and takes milliseconds, the first time in a program a good part of a second.
 */
public final class Filter {
    /** Longest expression, in bytes of UTF-8. */
    public static final int MAX_EXPRESSION_BYTES = 4096;

    private final Translation.@Nullable Translated fast;
    private final @Nullable CelProgram slow;

    private Filter(Translation.@Nullable Translated fast, @Nullable CelProgram slow) {
        this.fast = fast;
        this.slow = slow;
    }

    /** Compiles; throws {@link FilterException} for an expression that cannot be meant. */
    public static Filter compile(String expression) {
        if (expression.getBytes(StandardCharsets.UTF_8).length > MAX_EXPRESSION_BYTES) {
            throw new FilterException(
                    "the filter is longer than " + MAX_EXPRESSION_BYTES + " bytes; write a shorter one", 1, 1);
        }
        CelAbstractSyntaxTree checked = CelEnvironment.checked(expression);
        Optional<Translation.Translated> translated = Translation.of(checked);
        try {
            return translated.isPresent()
                    ? new Filter(translated.get(), null)
                    : new Filter(null, new CelProgram(checked));
        } catch (CelEvaluationException e) {
            throw new FilterException(String.valueOf(e.getMessage()), 1, 1);
        }
    }

    /**
     * Whether a framed event passes.
     *
     * @param bytes hold {@code tag(events) length ReceivedEvent} as the framer writes it
     * @param start index of its first byte
     * @param end index behind its last
     */
    public boolean matches(byte[] bytes, int start, int end) {
        if (fast == null) {
            return Objects.requireNonNull(slow).test(bytes, start, end);
        }
        fast.texts().read(bytes, start);
        return fast.condition().test(fast.texts()) == Truth.TRUE;
    }

    /** True when compiled to conditions over the bytes; false when CEL interprets it. */
    public boolean isFast() {
        return fast != null;
    }
}
