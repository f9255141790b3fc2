// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.latest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.millrace.core.event.Event;
import io.millrace.v1.Credit;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader that asked for the newest of each key gets that and nothing older, and never misses the last one. */
class ConflateTest {
    private static final int MORE_THAN_THE_RING = 20_000;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    private final Map<String, Long> newest = new HashMap<>();
    private long published;

    @Test
    void whatCameWhileNothingWasAskedForIsTheNewestOfEachKeyAndEveryEventWithoutKey() {
        SubscribeCall call = live(Credit.newBuilder().setEvents(0).build());
        publish("a", "b", "a", null, "c", "b", null, "a");
        awaitLag(call, 8);
        call.credit(100);

        EventBatch batch = call.next(FrameCase.BATCH).getBatch();
        assertThat(batch.getEventsList()).extracting(ReceivedEvent::getOffset).containsExactly(3L, 4L, 5L, 6L, 7L);
        assertThat(batch.getPlace().getNextOffset()).isEqualTo(8);
        call.expectSilence();
        publish("a");
        assertThat(call.next(FrameCase.BATCH).getBatch().getEventsList())
                .extracting(ReceivedEvent::getOffset)
                .containsExactly(8L);
    }

    @Test
    void aDeletionMarkerIsTheNewestEventOfItsKey() {
        SubscribeCall call = live(Credit.newBuilder().setEvents(0).build());
        publish("a", "b");
        broker.log()
                .append(BrokerFixture.TOPIC, List.of(Event.builder().key("a").build()))
                .block(BrokerFixture.PATIENCE);
        awaitLag(call, 3);
        call.credit(100);

        EventBatch batch = call.next(FrameCase.BATCH).getBatch();
        assertThat(batch.getEventsList()).extracting(ReceivedEvent::getOffset).containsExactly(1L, 2L);
        assertThat(batch.getEvents(1).getEvent().hasData()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void theLastOfEveryKeyArrivesHoweverSlowTheReaderIs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SubscribeCall call = live(Credit.newBuilder().setEvents(0).build());
        Map<String, Long> received = new HashMap<>();
        for (int round = 0; round < 10; round++) {
            publish(random, random.nextInt(1, 4_000));
            call.credit(random.nextInt(1, 50));
        }
        call.credit(Integer.MAX_VALUE);

        int events = receiveAll(call, received);
        assertThat(received).isEqualTo(newest);
        assertThat((long) events).isLessThan(published);
    }

    @Test
    void historyIsConflatedTooAndGoesOverIntoLiveWithoutLosingAKey() {
        SplittableRandom random = new SplittableRandom(5);
        publish(random, MORE_THAN_THE_RING);
        SubscribeCall call =
                SubscribeCall.on(broker.channel()).open(conflating(earliest()).build(), null);
        Map<String, Long> received = new HashMap<>();

        int events = receiveAll(call, received);
        assertThat(received).isEqualTo(newest);
        assertThat(events).isLessThan(MORE_THAN_THE_RING / 2);
        publish(random, 100);
        receiveAll(call, received);
        assertThat(received).isEqualTo(newest);
    }

    @Test
    void withAnIntervalAKeyComesOnceInEachAtMost() {
        int intervalMillis = 300;
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(
                        conflating(latest())
                                .setConflateInterval(Duration.newBuilder()
                                        .setNanos((int) TimeUnit.MILLISECONDS.toNanos(intervalMillis)))
                                .build(),
                        null);
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            publish("a");
        }
        Map<String, Long> received = new HashMap<>();
        int events = receiveAll(call, received);
        long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);

        assertThat(received).isEqualTo(newest);
        assertThat((long) events).isBetween(1L, 2 + elapsedMillis / intervalMillis);
    }

    private SubscribeCall live(Credit credit) {
        SubscribeCall call =
                SubscribeCall.on(broker.channel()).open(conflating(latest()).build(), credit);
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        return call;
    }

    private static ReadSpec.Builder conflating(StartPosition start) {
        return spec(start).setSlowConsumerPolicy(SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE);
    }

    /** Receives until the place is behind everything published; keeps the last offset of each key. */
    private int receiveAll(SubscribeCall call, Map<String, Long> received) {
        int events = 0;
        for (long place = 0; place < published; ) {
            SubscribeResponse frame = call.next();
            assertThat(frame.hasGap()).isFalse();
            if (frame.hasBatch()) {
                for (ReceivedEvent event : frame.getBatch().getEventsList()) {
                    received.put(event.getEvent().getKey().toStringUtf8(), event.getOffset());
                    events++;
                }
                place = frame.getBatch().getPlace().getNextOffset();
            }
        }
        return events;
    }

    private static void awaitLag(SubscribeCall call, long events) {
        while (call.next(FrameCase.HEARTBEAT).getHeartbeat().getLagEvents() < events) {
            // the ring is still being filled
        }
    }

    private void publish(SplittableRandom random, int count) {
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = "k" + random.nextInt(random.nextInt(1, 300));
        }
        publish(keys);
    }

    private void publish(String... keys) {
        List<Event> events = new ArrayList<>();
        for (String key : keys) {
            Event.Builder event = Event.builder().data("value " + published);
            events.add((key == null ? event : event.key(key)).build());
            newest.put(key == null ? "" : key, published++);
        }
        broker.log().append(BrokerFixture.TOPIC, events).block(BrokerFixture.PATIENCE);
    }
}
