// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import io.millrace.load.badinput.FuzzedCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What can be fuzzed. */
public enum FuzzTarget {
    /** The text of a cursor, which users keep and give back. */
    CURSOR(CursorTarget.class, CursorTarget::seeds),
    /** The text of a filter, which is compiled and asked about an event. */
    FILTER(FilterTarget.class, FilterTarget::seeds),
    /** A record of Kafka, which any program may have written. */
    RECORD(RecordTarget.class, List::of),
    /** The request of any method, sent to a broker. */
    REQUEST(RequestTarget.class, FuzzedCalls::seeds);

    private final Class<?> main;
    private final Supplier<List<byte[]>> seeds;

    FuzzTarget(Class<?> main, Supplier<List<byte[]>> seeds) {
        this.main = main;
        this.seeds = seeds;
    }

    /** As a user writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** With the method that takes an input. */
    Class<?> main() {
        return main;
    }

    /** Inputs that get somewhere. */
    List<byte[]> seeds() {
        return seeds.get();
    }

    static List<byte[]> utf8(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
