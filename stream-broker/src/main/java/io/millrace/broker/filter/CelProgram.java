// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.millrace.v1.Event;
import io.millrace.v1.EventBatch;
import java.io.UncheckedIOException;
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

    /**
     * Whether the event passes. One for which CEL's answer is an error, or costs too much, does not; any other exception
     * is a fault.
     */
    boolean test(byte[] frame, int start, int end) {
        Event event = decoded(frame, start, end);
        CelVariableResolver variables = name -> value(event, name);
        cost = 0;
        try {
            Object result = program.trace(variables, (expression, value) -> charge(value));
            return Boolean.TRUE.equals(result) && cost <= MAX_COST;
        } catch (CelEvaluationException | TooCostlyException e) {
            return false;
        }
    }

    private void charge(Object value) {
        cost += 1 + (value instanceof String text ? text.length() : 0);
        if (cost > MAX_COST) {
            throw new TooCostlyException();
        }
    }

    private static Event decoded(byte[] frame, int start, int end) {
        try {
            return EventBatch.parseFrom(ByteBuffer.wrap(frame, start, end - start))
                    .getEvents(0)
                    .getEvent();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("a framed event that is none", e);
        }
    }

    private static Optional<Object> value(Event event, String name) {
        return name.equals(Variable.ATTRIBUTES)
                ? Optional.of(event.getExtensionsMap())
                : Variable.named(name).map(variable -> variable.of(event));
    }

    private static final class TooCostlyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooCostlyException() {
            super("a filter costs too much", null, false, false);
        }
    }
}
