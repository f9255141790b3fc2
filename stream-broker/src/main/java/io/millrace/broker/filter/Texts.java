// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts that a filter compares, each at a numbered place: the variables, then the attributes that the filter names and
 * its literals. UTF-8 in place, so equal texts are equal bytes. Not thread-safe: holds the event that is looked at.
 */
final class Texts implements EventFields.Found {
    private static final byte[] NONE = {};
    private static final int ABSENT = -1;
    private static final int VARIABLES = Variable.values().length;

    private final EventFields fields = new EventFields();
    private final byte[][] names;
    private final int[] namedPlaces;
    private final byte[][] arrays;
    private final int[] starts;
    private final int[] ends;
    private final boolean readsKey;

    /** Gives places out while a filter is compiled. */
    static final class Places {
        private final Map<String, Integer> attributes = new HashMap<>();
        private final List<byte[]> literals = new ArrayList<>();
        private boolean readsKey;

        int literal(String text) {
            literals.add(text.getBytes(StandardCharsets.UTF_8));
            return VARIABLES + literals.size() - 1;
        }

        int attribute(String name) {
            return attributes.computeIfAbsent(name, unknown -> literal(""));
        }

        int variable(int place) {
            readsKey |= place == Variable.KEY.ordinal();
            return place;
        }
    }

    Texts(Places places) {
        int count = VARIABLES + places.literals.size();
        arrays = new byte[count][];
        Arrays.fill(arrays, NONE);
        starts = new int[count];
        ends = new int[count];
        for (int place = VARIABLES; place < count; place++) {
            byte[] literal = places.literals.get(place - VARIABLES);
            set(place, literal, 0, literal.length);
        }
        names = new byte[places.attributes.size()][];
        namedPlaces = new int[names.length];
        int i = 0;
        for (Map.Entry<String, Integer> attribute : places.attributes.entrySet()) {
            names[i] = attribute.getKey().getBytes(StandardCharsets.UTF_8);
            namedPlaces[i++] = attribute.getValue();
        }
        readsKey = places.readsKey;
    }

    /** Looks at another framed event. */
    void read(byte[] frame, int start) {
        for (int place = 0; place < VARIABLES; place++) {
            set(place, NONE, 0, 0);
        }
        for (int place : namedPlaces) {
            starts[place] = ABSENT;
        }
        fields.walk(frame, start, this);
    }

    @Override
    public void variable(int place, byte[] bytes, int start, int end) {
        if (place == Variable.KEY.ordinal() && readsKey) {
            key(bytes, start, end);
        } else {
            set(place, bytes, start, end);
        }
    }

    @Override
    public void attribute(byte[] bytes, int nameStart, int nameEnd, int start, int end) {
        for (int i = 0; i < names.length; i++) {
            if (Arrays.equals(bytes, nameStart, nameEnd, names[i], 0, names[i].length)) {
                set(namedPlaces[i], bytes, start, end);
            }
        }
    }

    boolean isAbsent(int place) {
        return starts[place] == ABSENT;
    }

    boolean equal(int left, int right) {
        return Arrays.equals(arrays[left], starts[left], ends[left], arrays[right], starts[right], ends[right]);
    }

    boolean startsWith(int text, int prefix) {
        int length = length(prefix);
        return length <= length(text) && regionEquals(text, starts[text], prefix, length);
    }

    boolean endsWith(int text, int suffix) {
        int length = length(suffix);
        return length <= length(text) && regionEquals(text, ends[text] - length, suffix, length);
    }

    boolean contains(int text, Needle needle) {
        return needle.isIn(arrays[text], starts[text], ends[text]);
    }

    private boolean regionEquals(int text, int from, int part, int length) {
        return Arrays.equals(arrays[text], from, from + length, arrays[part], starts[part], ends[part]);
    }

    private int length(int place) {
        return ends[place] - starts[place];
    }

    /** The key is bytes to Kafka; one that is not ASCII is decoded as Java does, with malformed bytes replaced, and only that one is copied. */
    private void key(byte[] bytes, int start, int end) {
        boolean ascii = true;
        for (int i = start; i < end && ascii; i++) {
            ascii = bytes[i] >= 0;
        }
        if (ascii) {
            set(Variable.KEY.ordinal(), bytes, start, end);
        } else {
            byte[] replaced =
                    new String(bytes, start, end - start, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
            set(Variable.KEY.ordinal(), replaced, 0, replaced.length);
        }
    }

    private void set(int place, byte[] bytes, int start, int end) {
        arrays[place] = bytes;
        starts[place] = start;
        ends[place] = end;
    }
}
