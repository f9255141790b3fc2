// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.DataOut;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.output.DeliveredEvent;
import io.millrace.cli.output.Json;
import io.millrace.core.event.Event;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** The whole command over a log in memory; what tampers with a stream on its way to the verifier is found out. */
class DemoCommandTest {
    private static final int FLIGHTS = 600;

    @Test
    void anUntouchedDemoIsVerified() {
        Outcome demo = run(stream -> stream);

        assertThat(demo.exitCode).isZero();
        assertThat(demo.json.get("verified").asBoolean()).isTrue();
        assertThat(demo.json.get("published").asInt()).isEqualTo(FLIGHTS);
        assertThat(demo.json.get("received_live").asInt()).isEqualTo(FLIGHTS);
        assertThat(demo.json.get("received_slow").asInt()).isEqualTo(FLIGHTS);
        assertThat(demo.json.get("replayed").asInt()).isPositive();
        assertThat(demo.json.get("replayed")).isEqualTo(demo.json.get("replay_expected"));
    }

    @Test
    void aDroppedEventEndsItWithEight() {
        Outcome demo = run(stream -> stream.index().filter(e -> e.getT1() != 20).map(e -> e.getT2()));

        assertThat(demo.exitCode).isEqualTo(8);
        assertThat(demo.json.get("verified").asBoolean()).isFalse();
        assertThat(demo.json.get("gaps").asInt()).isPositive();
    }

    @Test
    void aRepeatedEventEndsItWithEight() {
        Outcome demo = run(stream -> stream.index()
                .concatMap(e -> e.getT1() == 20 ? Flux.just(e.getT2(), e.getT2()) : Flux.just(e.getT2())));

        assertThat(demo.exitCode).isEqualTo(8);
        assertThat(demo.json.get("duplicates").asInt()).isPositive();
        assertThat(demo.json.get("gaps").asInt()).isZero();
    }

    @Test
    void twoSwappedEventsEndItWithEight() {
        Outcome demo = run(DemoCommandTest::swappingTwoOfAPartition);

        assertThat(demo.exitCode).isEqualTo(8);
        assertThat(demo.json.get("reordered").asInt()).isPositive();
        assertThat(demo.json.get("gaps").asInt()).isZero();
        assertThat(demo.json.get("duplicates").asInt()).isZero();
    }

    @Test
    void aChangedPayloadEndsItWithEight() {
        Outcome demo = run(stream -> stream.index().map(e -> e.getT1() == 20 ? changed(e.getT2()) : e.getT2()));

        assertThat(demo.exitCode).isEqualTo(8);
        assertThat(demo.json.get("corrupt").asInt()).isPositive();
    }

    @Test
    void aPersonSeesAtMostTwentyFiveLines() {
        Outcome demo = run(stream -> stream, "--output", "table");

        assertThat(demo.exitCode).isZero();
        assertThat(demo.out.lines()).hasSizeLessThanOrEqualTo(25);
        assertThat(demo.out).contains("Verified in").contains("millrace serve");
        assertThat(demo.err).isEmpty();
    }

    private static Flux<DeliveredEvent> swappingTwoOfAPartition(Flux<DeliveredEvent> stream) {
        return stream.collectList().flatMapIterable(events -> {
            int first = 20;
            int second = first + 1;
            while (events.get(second).partition() != events.get(first).partition()) {
                second++;
            }
            java.util.Collections.swap(events, first, second);
            return events;
        });
    }

    private static DeliveredEvent changed(DeliveredEvent delivered) {
        Event event = delivered.event();
        return new DeliveredEvent(
                delivered.topic(),
                delivered.partition(),
                delivered.offset(),
                delivered.recordTime(),
                event.toBuilder().data(event.data().utf8() + " ").build());
    }

    private static Outcome run(UnaryOperator<Flux<DeliveredEvent>> tampering, String... more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                new DataOut(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Console.Terminal.NONE,
                new Interrupts(() -> {}));
        List<String> arguments = new java.util.ArrayList<>(
                List.of("--log", "memory", "--count", Integer.toString(FLIGHTS), "--grpc-port", "0"));
        arguments.addAll(more.length == 0 ? List.of("-o", "json") : List.of(more));
        int exitCode = new CommandLine(new DemoCommand(console, tampering)).execute(arguments.toArray(String[]::new));
        String text = out.toString(StandardCharsets.UTF_8);
        JsonNode json = more.length == 0 ? Json.mapper().readTree(text) : Json.object();
        return new Outcome(exitCode, text, err.toString(StandardCharsets.UTF_8), json);
    }

    private record Outcome(int exitCode, String out, String err, JsonNode json) {}
}
