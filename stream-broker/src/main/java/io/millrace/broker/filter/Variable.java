// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import io.millrace.v1.Event;

/** A text of the envelope that every event has; empty where it is absent. The ordinal is its place in {@link Texts}. */
enum Variable {
    ID(Event.ID_FIELD_NUMBER),
    SOURCE(Event.SOURCE_FIELD_NUMBER),
    TYPE(Event.TYPE_FIELD_NUMBER),
    SUBJECT(Event.SUBJECT_FIELD_NUMBER),
    KEY(Event.KEY_FIELD_NUMBER);

    /** CEL's container: {@code type} and {@code event.type} are the same variable. */
    static final String CONTAINER = "event";

    static final String ATTRIBUTES = CONTAINER + ".attributes";

    private static final Variable[] ALL = values();

    private final int field;
    private final String qualifiedName;

    Variable(int field) {
        this.field = field;
        this.qualifiedName = CONTAINER + "." + name().toLowerCase(java.util.Locale.ROOT);
    }

    String qualifiedName() {
        return qualifiedName;
    }

    /** Place of the variable in this field of an event, or -1. */
    static int placeOfField(int field) {
        for (Variable variable : ALL) {
            if (variable.field == field) {
                return variable.ordinal();
            }
        }
        return -1;
    }

    /** Place of the variable of this name, or -1. */
    static int placeOfName(String qualifiedName) {
        for (Variable variable : ALL) {
            if (variable.qualifiedName.equals(qualifiedName)) {
                return variable.ordinal();
            }
        }
        return -1;
    }
}
