// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Broker;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.core.topic.TopicSpec;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Java that the README shows is compiled, and does what it says. */
class ReadmeSnippetsTest {
    private static final TopicName ORDERS = new TopicName("orders");
    private static final Pattern SHOWN = Pattern.compile("(?s)```java\n(.*?)```");
    private static final Pattern COMPILED = Pattern.compile("(?s)// README begin\n(.*?)\n *// README end");

    @Test
    void theReadmeShowsWhatIsCompiledHere() {
        String source = Repository.read(Repository.file("cli/src/test/java/io/millrace/cli/docs/ReadmeSnippets.java"));
        List<String> compiled = COMPILED.matcher(source)
                .results()
                .map(snippet -> snippet.group(1).stripIndent() + "\n")
                .toList();
        List<String> shown = SHOWN.matcher(Repository.read(Repository.file("README.md")))
                .results()
                .map(snippet -> snippet.group(1))
                .toList();

        assertThat(shown).hasSize(2).isEqualTo(compiled);
    }

    @Test
    void aThousandOrdersArePublishedAndReceived() throws Exception {
        try (EventLog log = MemoryEventLog.create();
                Broker broker = Broker.builder().log(log).port(0).start()) {
            log.topics().create(TopicSpec.of(ORDERS), false).block();
            String server = "127.0.0.1:" + broker.port();

            ReadmeSnippets.publish(server);
            ReadmeSnippets.subscribe(server); // ends when it has received a thousand

            assertThat(log.bounds(new TopicPartition(ORDERS, 0)).block().end()).isEqualTo(1000);
        }
    }
}
