// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What the README shows compiles and runs: its Java block is a part of this file. */
class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void theExampleRuns() throws Exception {
        try (MemoryEventLog log = MemoryEventLog.create();
                Broker broker = Broker.builder().log(log).port(0).start()) {
            log.topics().create(TopicSpec.of(new TopicName("orders")), false).block();
            log.append(
                            new TopicName("orders"),
                            Collections.nCopies(
                                    250, Event.builder().data("an order").build()))
                    .block();
            try (MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port())) {
                Flux<ReceivedEvent> orders = Consumer.on(connection)
                        .subscribe("orders")
                        .fromBeginning()
                        .onSignal(signal -> System.out.println("told: " + signal))
                        .events();

                Cursor cursor = orders.take(100)
                        .doOnNext(received -> System.out.println(
                                received + " " + received.event().data().utf8()))
                        .last()
                        .map(ReceivedEvent::cursor)
                        .block();

                Flux<ReceivedEvent> theRest = Consumer.on(connection)
                        .subscribe("orders")
                        .from(Cursor.parse(cursor.toString()))
                        .untilLiveEnd()
                        .events();
                assertThat(theRest.count().block()).isEqualTo(150);
            }
        }
    }

    @Test
    void theExampleIsThatOfTheReadme() throws Exception {
        String source = withoutSpaces(Files.readString(Path.of("src/test/java/io/millrace/consumers/ReadmeTest.java")));
        String readme = Files.readString(Path.of("README.md"));
        assertThat(JAVA_BLOCK.matcher(readme).results().map(MatchResult::group))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(source)
                        .contains(withoutSpaces(block.substring("```java".length(), block.length() - 3))));
    }

    private static String withoutSpaces(String text) {
        return text.replaceAll("\\s+", "");
    }
}
