// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.exit.CommandFailure;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventFactoryTest {
    @Test
    void aPlainLineIsAPayloadAndNothingElse() throws IOException {
        Event event = event(InputFormat.lines, null, null, "hello\n");

        assertThat(event.data()).isEqualTo(Bytes.utf8("hello"));
        assertThat(event.key()).isNull();
        assertThat(event.time()).isNull();
        assertThat(event.dataContentType()).isEmpty();
    }

    @Test
    void jsonSaysThatItIsJson() throws IOException {
        assertThat(event(InputFormat.jsonl, null, null, "{}\n").dataContentType())
                .isEqualTo("application/json");
    }

    @Test
    void keysMayBeTextsNumbersAndBooleans() throws IOException {
        assertThat(event(InputFormat.jsonl, "/k", null, "{\"k\":\"A\"}\n").key())
                .isEqualTo(Bytes.utf8("A"));
        assertThat(event(InputFormat.jsonl, "/k", null, "{\"k\":1.50}\n").key()).isEqualTo(Bytes.utf8("1.50"));
        assertThat(event(InputFormat.jsonl, "/k/0", null, "{\"k\":[true]}\n").key())
                .isEqualTo(Bytes.utf8("true"));
    }

    @Test
    void aColumnIsNamedAsItIsAlsoWithASlash() throws IOException {
        assertThat(event(InputFormat.csv, "in/out", null, "in/out,b\nx,y\n").key())
                .isEqualTo(Bytes.utf8("x"));
    }

    @Test
    void aKeyThatIsNotThereIsAnErrorWithItsLine() {
        assertThatThrownBy(() -> event(InputFormat.jsonl, "/k", null, "{\"other\":1}\n"))
                .hasMessageStartingWith("line 1: nothing usable at --key /k");
        assertThatThrownBy(() -> event(InputFormat.jsonl, "/k", null, "{\"k\":{}}\n"))
                .isInstanceOf(BadInputException.class);
    }

    @Test
    void timesMayBeIsoOrCounted() throws IOException {
        Instant time = Instant.parse("2026-05-01T12:00:00Z");

        assertThat(event(InputFormat.jsonl, null, "/t", "{\"t\":\"2026-05-01T12:00:00Z\"}\n")
                        .time())
                .isEqualTo(time);
        assertThat(event(InputFormat.jsonl, null, "/t", "{\"t\":1777636800}\n").time())
                .isEqualTo(time);
        assertThat(event(InputFormat.jsonl, null, "/t", "{\"t\":1777636800000}\n")
                        .time())
                .isEqualTo(time);
        assertThatThrownBy(() -> event(InputFormat.jsonl, null, "/t", "{\"t\":\"noon\"}\n"))
                .hasMessageContaining("'noon'");
    }

    @Test
    void aPlaceInPlainTextIsAMistakeOfTheCommandLine() {
        assertThatThrownBy(() -> EventFactory.of(InputFormat.raw, "/k", null, null, List.of()))
                .isInstanceOf(CommandFailure.class);
    }

    private static Event event(InputFormat format, String key, String time, String input) throws IOException {
        InputReader reader = format.reader(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        return EventFactory.of(format, key, time, null, List.of()).event(reader.next());
    }
}
