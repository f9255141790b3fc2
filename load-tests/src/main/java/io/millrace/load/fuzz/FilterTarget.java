// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import io.millrace.broker.filter.Filter;
import io.millrace.broker.filter.FilterException;
import io.millrace.broker.frame.EventFramer;
import io.millrace.core.log.StoredEvent;
import io.millrace.load.sample.SampleEvents;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A text is a filter, which answers for any event, or is refused as none. */
public final class FilterTarget {
    private static final byte[] FRAME = frame();

    private FilterTarget() {}

    /** The input is the text. */
    public static void fuzzerTestOneInput(byte[] input) {
        Filter filter;
        try {
            filter = Filter.compile(new String(input, StandardCharsets.UTF_8));
        } catch (FilterException refused) {
            return;
        }
        filter.matches(FRAME, 0, FRAME.length);
    }

    static List<byte[]> seeds() {
        return FuzzTarget.utf8(
                "type == 'io.millrace.sample'",
                "type.startsWith('io.millrace') && source in ['/other', '/load-tests/sample']",
                "!has(attributes.tenant) || attributes['tenant'] != \"eu\"",
                "id.contains('a') && (subject.endsWith('x') || key > 'b')",
                "size(attributes) + 1 < 3 ? true : [1, 2].exists(x, x > 1)",
                "timestamp('2026-01-01T00:00:00Z') < timestamp(0)");
    }

    private static byte[] frame() {
        EventFramer framer = new EventFramer();
        int length = framer.frame(new StoredEvent(7, 1_767_225_600_123L, new SampleEvents().at(7)));
        return Arrays.copyOfRange(framer.buffer(), framer.start(), framer.start() + length);
    }
}
