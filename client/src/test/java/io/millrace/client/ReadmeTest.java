// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Broker;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows compiles and runs: its Java block is a part of this file. */
class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void theExampleRuns() throws Exception {
        try (MemoryEventLog log = MemoryEventLog.create();
                Broker broker = Broker.builder().log(log).port(0).start()) {
            String endpoints = "127.0.0.1:" + broker.port(); // or "a:7450,b:7450"
            try (MillraceConnection connection = MillraceConnection.to(endpoints)) {
                connection.ready(Duration.ofSeconds(5)).block();
                TopicInfo topic = connection
                        .topics()
                        .create(TopicSpec.of(new TopicName("orders")).withPartitions(3))
                        .block();
                System.out.println(topic.name() + " has " + topic.partitions() + " partitions");
            } catch (MillraceException error) {
                System.err.println(error.getMessage() + ". " + error.hint());
            }
            assertThat(log.topics().describe(new TopicName("orders")).block().partitions())
                    .isEqualTo(3);
        }
    }

    @Test
    void theExampleIsThatOfTheReadme() throws Exception {
        String source = withoutSpaces(Files.readString(Path.of("src/test/java/io/millrace/client/ReadmeTest.java")));
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
