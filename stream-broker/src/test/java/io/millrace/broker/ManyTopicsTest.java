// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.latest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.SubscribeResponse.FrameCase;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many topics of which few are in use: what nobody uses costs next to nothing, in the log and in the broker. */
class ManyTopicsTest {
    private static final int IN_USE = 100;
    private static final int ALL = 10_000;
    private static final int PARTITIONS = 3;
    private static final int EVENTS = 75;
    private static final int EVENT_BYTES = 4096;
    private static final int RING_BYTES = 512 * 1024;

    private final AtomicReference<LogWithOpenTails> log = new AtomicReference<>();

    @RegisterExtension
    final BrokerFixture broker =
            new BrokerFixture(BrokerFixture.quick().withRingBytes(RING_BYTES, RING_BYTES), memory -> {
                log.set(new LogWithOpenTails(memory));
                return log.get();
            });

    @Test
    void tenThousandTopicsOfWhichAHundredAreInUseCostLittleMoreThanTheHundredAlone() {
        giveBack(use("warm-up", 5));
        long before = heapBytes();
        SubscribeCall call = use("used", IN_USE);
        long hundred = heapBytes() - before;
        assertThat(hundred).isGreaterThan((long) IN_USE * EVENTS * EVENT_BYTES);

        IntStream.range(IN_USE, ALL).forEach(i -> broker.createTopic(new TopicName("idle." + i), PARTITIONS));
        long tenThousand = heapBytes() - before;

        assertThat(tenThousand).isLessThan(hundred * 12 / 10);
        assertThat(log.get().followed())
                .hasSize(IN_USE * PARTITIONS)
                .allMatch(partition -> partition.topic().value().startsWith("used."));
        giveBack(call);
    }

    private void giveBack(SubscribeCall call) {
        call.close();
        await("what nobody uses any more is given back")
                .atMost(BrokerFixture.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(log.get().followed()).isEmpty();
                    assertThat(broker.broker().ledger().usedBytes()).isZero();
                });
    }

    /** Follows new topics live, fills them, and reads what comes. */
    private SubscribeCall use(String prefix, int count) {
        List<TopicName> topics = IntStream.range(0, count)
                .mapToObj(i -> new TopicName(prefix + "." + i))
                .toList();
        topics.forEach(topic -> broker.createTopic(topic, PARTITIONS));
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(
                        ReadSpec.newBuilder()
                                .addTopics(prefix + ".*")
                                .setStart(latest())
                                .build(),
                        null);
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        Event event = Event.of(Bytes.wrap(new byte[EVENT_BYTES]));
        topics.forEach(topic ->
                broker.log().append(topic, Collections.nCopies(EVENTS, event)).block(BrokerFixture.PATIENCE));
        for (int got = 0; got < count * EVENTS; ) {
            got += call.next().getBatch().getEventsCount();
        }
        return call;
    }

    /** What lives, when a collection more frees nothing more. */
    private static long heapBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
