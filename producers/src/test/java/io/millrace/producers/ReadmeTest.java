// SPDX-License-Identifier: Apache-2.0
package io.millrace.producers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.nio.file.Files;
import java.nio.file.Path;
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
            try (MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port())) {
                try (Producer producer = Producer.to(connection, "orders")) {
                    producer.publish(Event.builder()
                                    .key("customer-7")
                                    .data("{\"total\": 12}")
                                    .build())
                            .doOnNext(ack -> System.out.println(ack.partition() + "@" + ack.offset()))
                            .block();

                    Flux<Event> events = Flux.range(0, 1_000)
                            .map(n -> Event.builder()
                                    .key("customer-" + n % 10)
                                    .data("order " + n)
                                    .build());
                    Long stored = producer.publishAll(events).count().block();
                    System.out.println(stored + " more are stored");
                }
            }
            assertThat(log.bounds(new io.millrace.core.topic.TopicPartition(new TopicName("orders"), 0))
                            .block()
                            .end())
                    .isEqualTo(1_001);
        }
    }

    @Test
    void theExampleIsThatOfTheReadme() throws Exception {
        String source = withoutSpaces(Files.readString(Path.of("src/test/java/io/millrace/producers/ReadmeTest.java")));
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
