// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import static io.millrace.broker.filter.FramedEvents.framed;
import static io.millrace.broker.filter.FramedEvents.passes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static final Event ORDER = Event.builder()
            .id("7")
            .source("/shop")
            .type("order.placed")
            .subject("größe 𝄞")
            .key("aaab")
            .extensions(Map.of("tenant", "acme", "note", "n".repeat(300)))
            .data("d".repeat(100_000))
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type == 'order.placed'",
                "event.type == \"order.placed\" && event.attributes[\"tenant\"] == '''acme'''",
                "true || false && false",
                "!(type == 'x') && subject.endsWith('\\U0001D11E') && subject.startsWith('gr\\u00f6')",
                "key.contains('aab') && key == r'aaab' && source in ['/a', '/shop']",
                "has(attributes.tenant) && !('eu' in attributes)",
                "attributes.eu == '1' || id == '7'",
                "attributes.note.contains('nnn')",
            })
    void anEventPassesTheFilterThatItIs(String expression) {
        assertThat(Filter.compile(expression).isFast()).isTrue();
        assertThat(passes(expression, ORDER)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attributes.eu == '1'",
                "!(attributes.eu == '1')",
                "attributes.eu != '1' && true",
                "type in ['order.placed', attributes.eu]",
                "key.contains('aaaa')",
                "type == 'order'",
            })
    void anEventThatIsNotMeantOrLacksWhatIsReadDoesNotPass(String expression) {
        assertThat(Filter.compile(expression).isFast()).isTrue();
        assertThat(passes(expression, ORDER)).isFalse();
    }

    @Test
    void whatIsAbsentIsEmptyAndBytesThatAreNoTextAreReplaced() {
        assertThat(passes("type == '' && key == '' && id == ''", Event.of(Bytes.EMPTY)))
                .isTrue();
        Event binary =
                Event.builder().key(Bytes.wrap(new byte[] {'a', (byte) 0xFF})).build();
        assertThat(passes("key == 'a\\ufffd'", binary)).isTrue();
        assertThat(passes("key == 'a'", binary)).isFalse();
    }

    @Test
    void everythingElseOfCelIsInterpreted() {
        String expression = "size(subject) > 3 && attributes.exists(name, name.startsWith('ten'))";
        assertThat(Filter.compile(expression).isFast()).isFalse();
        assertThat(passes(expression, ORDER)).isTrue();
        assertThat(passes("size(attributes.eu) > 3", ORDER)).isFalse();
        assertThat(passes("source.contains(key) || 1 / 0 == 1", ORDER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int(subject) > 1",
                "1 / size('') == 1",
                "[1][size(key)] == 1",
                "timestamp(subject) < timestamp('2026-01-01T00:00:00Z')",
                "duration(subject) > duration('1s')",
                "double(subject) > 1.0",
                "attributes[subject] == '' && size(key) > 0",
                "9223372036854775807 + size(key) > 0",
            })
    void anEventForWhichCelKnowsNoAnswerDoesNotPass(String expression) {
        assertThat(Filter.compile(expression).isFast()).isFalse();
        assertThat(passes(expression, ORDER)).isFalse();
        assertThat(passes("!(" + expression + ")", ORDER)).isFalse();
    }

    @Test
    void bytesThatAreNoEventAreAFaultAndNoAnswer() {
        byte[] cut = Arrays.copyOf(framed(ORDER), 50);

        assertThatThrownBy(() -> Filter.compile("size(subject) > 3").matches(cut, 0, cut.length))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void anExpressionThatCostsTooMuchDoesNotPass() {
        String list = "[1,2,3,4,5,6,7,8,9,10]";
        String within = list + ".all(a, " + list + ".all(b, a + b > 0))";
        String beyond = list + ".all(a, " + list + ".all(b, " + list + ".all(c, " + list + ".all(d, a > 0))))";
        assertThat(passes(within, ORDER)).isTrue();
        assertThat(passes(beyond, ORDER)).isFalse();
        assertThat(passes("size(attributes.note + key) > 1", ORDER)).isTrue();
        Event long1 = ORDER.toBuilder().subject("s".repeat(CelProgram.MAX_COST)).build();
        assertThat(passes("size(subject) > 1 || true", long1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "typ == 'a' | 1 | 1 | type, source, subject, key, id and attributes",
                "type == 'a' && tenant == 'b' | 1 | 16 | attributes",
                "'𝄞' == type && tenant == 'b' | 1 | 16 | attributes",
                "type == 1 | 1 | 6 | no matching overload",
                "type == | 1 | 8 | mismatched input",
                "type.matches('a') | 1 | 13 | matches",
            })
    void aBadFilterIsToldWithItsPlace(String expression, int line, int column, String message) {
        FilterException bad = refused(expression);
        assertThat(bad).hasMessageContaining(message);
        assertThat(bad.line()).isEqualTo(line);
        assertThat(bad.column()).isEqualTo(column);
    }

    @Test
    void theLineIsToldToo() {
        assertThat(refused("type == 'a' &&\n  sourc == 'b'"))
                .returns(2, FilterException::line)
                .returns(3, FilterException::column);
    }

    @Test
    void whatIsNoConditionOrTooLongOrTooDeepIsRefused() {
        assertThat(refused("type")).hasMessageContaining("bool");
        assertThat(refused("")).isNotNull();
        assertThat(refused("true" + " ".repeat(Filter.MAX_EXPRESSION_BYTES))).hasMessageContaining("4096");
        assertThat(refused("(".repeat(2000) + "true" + ")".repeat(2000))).isNotNull();
        assertThat(refused("[".repeat(4000))).isNotNull();
    }

    @Test
    void aFastFilterAllocatesNothing() {
        Filter filter = Filter.compile("type in ['a', 'order.placed'] && key.contains('b') && (attributes.eu == '1' ||"
                + " attributes.tenant.startsWith('ac'))");
        byte[] frame = framed(ORDER);
        int passed = evaluate(filter, frame, 20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        passed += evaluate(filter, frame, 100_000);
        long allocatedBytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(passed).isEqualTo(120_000);
        assertThat(allocatedBytes).isLessThan(10_000);
    }

    private static int evaluate(Filter filter, byte[] frame, int times) {
        int passed = 0;
        for (int i = 0; i < times; i++) {
            passed += filter.matches(frame, 0, frame.length) ? 1 : 0;
        }
        return passed;
    }

    private static FilterException refused(String expression) {
        return catchThrowableOfType(FilterException.class, () -> Filter.compile(expression));
    }
}
