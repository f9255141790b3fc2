// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

/**
 * A filter's tree. Texts are named by their place in {@link Texts}. Immutable, and a test allocates nothing.
 *
 * <p>Source: the CEL specification, "Logical Operators": {@code &&} and {@code ||} are commutative about errors.
 */
sealed interface Condition {
    Truth test(Texts texts);

    record Constant(Truth truth) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return truth;
        }
    }

    record Not(Condition condition) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return condition.test(texts).not();
        }
    }

    record And(Condition left, Condition right) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return decided(left, right, Truth.FALSE, texts);
        }
    }

    record Or(Condition left, Condition right) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return decided(left, right, Truth.TRUE, texts);
        }
    }

    record Equal(int left, int right) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return texts.isAbsent(left) || texts.isAbsent(right) ? Truth.ERROR : Truth.of(texts.equal(left, right));
        }
    }

    /** A list is made before it is searched, so one absent member makes it an error. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record OneOf(int text, int[] members) implements Condition {
        @Override
        public Truth test(Texts texts) {
            if (texts.isAbsent(text)) {
                return Truth.ERROR;
            }
            boolean found = false;
            for (int member : members) {
                if (texts.isAbsent(member)) {
                    return Truth.ERROR;
                }
                found = found || texts.equal(text, member);
            }
            return Truth.of(found);
        }
    }

    record StartsWith(int text, int prefix) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return texts.isAbsent(text) || texts.isAbsent(prefix)
                    ? Truth.ERROR
                    : Truth.of(texts.startsWith(text, prefix));
        }
    }

    record EndsWith(int text, int suffix) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return texts.isAbsent(text) || texts.isAbsent(suffix)
                    ? Truth.ERROR
                    : Truth.of(texts.endsWith(text, suffix));
        }
    }

    record Contains(int text, Needle needle) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return texts.isAbsent(text) ? Truth.ERROR : Truth.of(texts.contains(text, needle));
        }
    }

    record Present(int attribute) implements Condition {
        @Override
        public Truth test(Texts texts) {
            return Truth.of(!texts.isAbsent(attribute));
        }
    }

    private static Truth decided(Condition left, Condition right, Truth decisive, Texts texts) {
        Truth first = left.test(texts);
        if (first == decisive) {
            return first;
        }
        Truth second = right.test(texts);
        return second == decisive || first != Truth.ERROR ? second : first;
    }
}
