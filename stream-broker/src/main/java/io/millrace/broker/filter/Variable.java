// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import io.millrace.v1.Event;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** A text of the envelope that every event has; empty where it is absent. The ordinal is its place in {@link Texts}. */
enum Variable {
    ID(Event.ID_FIELD_NUMBER, Event::getId),
    SOURCE(Event.SOURCE_FIELD_NUMBER, Event::getSource),
    TYPE(Event.TYPE_FIELD_NUMBER, Event::getType),
    SUBJECT(Event.SUBJECT_FIELD_NUMBER, Event::getSubject),
    KEY(Event.KEY_FIELD_NUMBER, event -> event.getKey().toStringUtf8());

    /** CEL's container: {@code type} and {@code event.type} are the same variable. */
    static final String CONTAINER = "event";

    static final String ATTRIBUTES = CONTAINER + ".attributes";

    private static final Variable[] ALL = values();

    private final int field;
    private final Function<Event, String> value;
    private final String qualifiedName;

    Variable(int field, Function<Event, String> value) {
        this.field = field;
        this.value = value;
        this.qualifiedName = CONTAINER + "." + name().toLowerCase(Locale.ROOT);
    }

    /** What it is in a decoded event. */
    String of(Event event) {
        return value.apply(event);
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

    /** The variable of this name. */
    static Optional<Variable> named(String qualifiedName) {
        return Arrays.stream(ALL)
                .filter(variable -> variable.qualifiedName.equals(qualifiedName))
                .findFirst();
    }
}
