// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import io.millrace.core.event.Event;
import io.millrace.load.sample.SampleEvents;
import io.millrace.v1.CaughtUp;
import io.millrace.v1.EventBatch;
import io.millrace.v1.FellBehind;
import io.millrace.v1.Gap;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.Place;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.SubscribeResponse;
import io.millrace.wire.EventCodec;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The bytes of real messages, taken apart without making them. */
class SubscriberTest {
    private final Event event = new SampleEvents().at(7);

    @Test
    void aBatchThatContinuesTheChainIsCounted() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, batch(0, 3, 3));
        read(subscriber, batch(3, 2, 5));

        assertThat(subscriber.fault()).isNull();
        assertThat(subscriber.next()).isEqualTo(5);
    }

    @Test
    void aLostBatchIsAFault() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, batch(3, 2, 5));

        assertThat(subscriber.fault()).contains("expected the event at 0", "[3, 5)");
    }

    @Test
    void aRepeatedBatchIsAFault() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, batch(0, 2, 2));
        read(subscriber, batch(0, 2, 2));

        assertThat(subscriber.fault()).contains("expected the event at 2", "[0, 2)");
    }

    @Test
    void aBatchWithOtherThanTheNumberOfEventsThatItsPlaceTellsIsAFault() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, batch(0, 2, 3));

        assertThat(subscriber.fault()).contains("the next is said to be 3");
    }

    @Test
    void aGapIsAFault() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, SubscribeResponse.newBuilder().setGap(Gap.getDefaultInstance()));

        assertThat(subscriber.fault()).contains("gap");
    }

    @Test
    void aSubscriberIsOpenOnceItHasCaughtUp() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, SubscribeResponse.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
        assertThat(subscriber.isOpened()).isFalse();

        read(subscriber, SubscribeResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()));
        assertThat(subscriber.isOpened()).isTrue();
    }

    @Test
    void fallingBehindIsCountedAndNoFault() throws IOException {
        BatchSubscriber subscriber = new BatchSubscriber(0);

        read(subscriber, SubscribeResponse.newBuilder().setFellBehind(FellBehind.getDefaultInstance()));

        assertThat(subscriber.fellBehind()).isOne();
        assertThat(subscriber.fault()).isNull();
    }

    @Test
    void aMessageForEachEventIsCounted() throws IOException {
        EventSubscriber subscriber = new EventSubscriber(0);

        read(subscriber, received(0));
        read(subscriber, received(1));

        assertThat(subscriber.fault()).isNull();
        assertThat(subscriber.next()).isEqualTo(2);
    }

    @Test
    void aSkippedEventIsAFault() throws IOException {
        EventSubscriber subscriber = new EventSubscriber(0);

        read(subscriber, received(1));

        assertThat(subscriber.fault()).contains("expected the event at 0");
    }

    private SubscribeResponse.Builder batch(long from, int events, long nextOffset) {
        EventBatch.Builder batch = EventBatch.newBuilder()
                .setTopic("namespaces/default/topics/fan-out")
                .setPreviousOffset(from - 1)
                .setPlace(Place.newBuilder().setTopic("t").setNextOffset(nextOffset))
                .setCreditBytes(1);
        for (int i = 0; i < events; i++) {
            batch.addEvents(received(from + i));
        }
        return SubscribeResponse.newBuilder().setBatch(batch);
    }

    private ReceivedEvent.Builder received(long offset) {
        return ReceivedEvent.newBuilder().setEvent(EventCodec.toMessage(event)).setOffset(offset);
    }

    private static void read(Subscriber subscriber, MessageLite.Builder message) throws IOException {
        subscriber.read(CodedInputStream.newInstance(message.build().toByteArray()));
    }
}
