// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.micro;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelVariableResolver;
import io.millrace.broker.filter.Filter;
import io.millrace.broker.frame.EventFramer;
import io.millrace.core.log.StoredEvent;
import io.millrace.load.sample.SampleEvents;
import io.millrace.v1.Event;
import io.millrace.v1.EventBatch;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One filter over one framed event: as conditions over its bytes, and by CEL's interpreter, which needs the event decoded.
 * Run it with {@code -prof gc}: the conditions allocate nothing. The figures are in decision 0008.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilterBenchmark {
    private static final String EXPRESSION =
            "type.startsWith('io.millrace') && source in ['/other', '/load-tests/sample']"
                    + " && !has(attributes.tenant) && id.contains('a')";
    private static final int EVENTS = 1024;
    private static final long RECORD_TIME_MILLIS = 1_767_225_600_123L;

    private final byte[][] frames = frames();
    private final Event[] events =
            Arrays.stream(frames).map(FilterBenchmark::decoded).toArray(Event[]::new);
    private final Filter filter = Filter.compile(EXPRESSION);
    private final CelRuntime.Program cel = program();
    private int next;

    /** As the broker does it. */
    @Benchmark
    public boolean conditions() {
        byte[] frame = frames[nextIndex()];
        return filter.matches(frame, 0, frame.length);
    }

    /** CEL's interpreter over an event that is decoded for it. */
    @Benchmark
    public Object celAndDecoding() throws CelEvaluationException {
        return evaluated(decoded(frames[nextIndex()]));
    }

    /** CEL's interpreter alone. */
    @Benchmark
    public Object cel() throws CelEvaluationException {
        return evaluated(events[nextIndex()]);
    }

    private int nextIndex() {
        next = (next + 1) % EVENTS;
        return next;
    }

    private Object evaluated(Event event) throws CelEvaluationException {
        CelVariableResolver variables = name -> Optional.of(
                switch (name) {
                    case "type" -> event.getType();
                    case "source" -> event.getSource();
                    case "id" -> event.getId();
                    default -> event.getExtensionsMap();
                });
        return cel.eval(variables);
    }

    private static CelRuntime.Program program() {
        try {
            return CelRuntimeFactory.standardCelRuntimeBuilder()
                    .build()
                    .createProgram(CelCompilerFactory.standardCelCompilerBuilder()
                            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                            .addVar("type", SimpleType.STRING)
                            .addVar("source", SimpleType.STRING)
                            .addVar("id", SimpleType.STRING)
                            .addVar("attributes", MapType.create(SimpleType.STRING, SimpleType.STRING))
                            .build()
                            .compile(EXPRESSION)
                            .getAst());
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Event decoded(byte[] frame) {
        try {
            return EventBatch.parseFrom(frame).getEvents(0).getEvent();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[][] frames() {
        SampleEvents samples = new SampleEvents();
        EventFramer framer = new EventFramer();
        return IntStream.range(0, EVENTS)
                .mapToObj(i -> {
                    int length = framer.frame(new StoredEvent(i, RECORD_TIME_MILLIS, samples.at(i)));
                    return Arrays.copyOfRange(framer.buffer(), framer.start(), framer.start() + length);
                })
                .toArray(byte[][]::new);
    }
}
