// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.millrace.v1.Event;
import io.millrace.v1.EventBatch;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The slow path: CEL's interpreter over a decoded event, within {@link #MAX_COST} for each. Cost is one for each
 * expression that is evaluated, and one for each character of a text that it yields. Not thread-safe.
 */
final class CelProgram {
    static final int MAX_COST = 20_000;

    private final CelRuntime.Program program;
    private int cost;

    CelProgram(CelAbstractSyntaxTree checked) throws CelEvaluationException {
        program = CelEnvironment.RUNTIME.createProgram(checked);
    }

    /** Whether the event passes; an error, or one that costs too much, does not. */
    boolean test(byte[] frame, int start, int end) {
        cost = 0;
        try {
            Event event = EventBatch.parseFrom(ByteBuffer.wrap(frame, start, end - start))
                    .getEvents(0)
                    .getEvent();
            CelVariableResolver variables = name -> Optional.of(value(event, name));
            Object result = program.trace(variables, (expression, value) -> charge(value));
            return Boolean.TRUE.equals(result) && cost <= MAX_COST;
        } catch (CelEvaluationException | InvalidProtocolBufferException | RuntimeException e) {
            return false;
        }
    }

    private void charge(Object value) {
        cost += 1 + (value instanceof String text ? text.length() : 0);
        if (cost > MAX_COST) {
            throw new TooCostlyException();
        }
    }

    private static Object value(Event event, String name) {
        return switch (name) {
            case "event.id" -> event.getId();
            case "event.source" -> event.getSource();
            case "event.type" -> event.getType();
            case "event.subject" -> event.getSubject();
            case "event.key" -> event.getKey().toString(java.nio.charset.StandardCharsets.UTF_8);
            case Variable.ATTRIBUTES -> event.getExtensionsMap();
            default -> throw new IllegalStateException("no variable " + name + " was declared");
        };
    }

    private static final class TooCostlyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooCostlyException() {
            super("a filter costs too much", null, false, false);
        }
    }
}
