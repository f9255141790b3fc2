// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.at;
import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.refusal.Reason;
import io.millrace.v1.Credit;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Place;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.wire.StatusCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reader that has written a filter gets the events that pass it, from history, live and in pages, and no other. */
class SubscribeFilterTest {
    private static final String ENDS_WITH_7 = "event.key.endsWith('7')";
    private static final int EVENTS = 20_000;

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @Test
    void historyAndLiveAreFilteredAndACursorResumesInTheMiddle() {
        broker.append(0, EVENTS);
        EventBatch first =
                open(filtered(ENDS_WITH_7, earliest())).next(FrameCase.BATCH).getBatch();
        int half = first.getEventsCount() / 2;
        long next = first.getEvents(half).getOffset();
        assertThat(data(first)).isEqualTo(sevens(0, EVENTS).subList(0, first.getEventsCount()));

        Place middle = first.getPlace().toBuilder().setNextOffset(next).build();
        SubscribeCall resumed = open(filtered(ENDS_WITH_7, at(middle)));
        assertThat(receive(resumed, sevens((int) next, EVENTS).size())).isEqualTo(sevens((int) next, EVENTS));
        assertThat(resumed.next(FrameCase.CAUGHT_UP).getCaughtUp().getCursor().getPlaces(0))
                .extracting(Place::getNextOffset)
                .isEqualTo((long) EVENTS);
        broker.append(EVENTS, EVENTS + 100);
        assertThat(receive(resumed, 10)).isEqualTo(sevens(EVENTS, EVENTS + 100));
    }

    @Test
    void whereNothingPassesTheReaderCatchesUpAndItsPlaceMoves() {
        broker.append(0, EVENTS);
        SubscribeCall call = open(filtered("type == 'another'", earliest()));

        assertThat(call.next(FrameCase.CAUGHT_UP).getCaughtUp().getCursor().getPlaces(0))
                .extracting(Place::getNextOffset)
                .isEqualTo((long) EVENTS);
    }

    @Test
    void pagesAreFilteredByWhatOnlyCelCanSayToo() {
        broker.append(0, 2_000);
        List<String> received = new ArrayList<>();
        ReadRequest.Builder request =
                ReadRequest.newBuilder().setSpec(filtered("size(event.key) == 3 && event.key > 'k8'", earliest()));
        ReadResponse page;
        do {
            page = SubscriberServiceGrpc.newBlockingStub(broker.channel()).read(request.build());
            page.getBatchesList().forEach(batch -> received.addAll(data(batch)));
            request.setPageToken(page.getNextPageToken());
        } while (!page.getNextPageToken().isEmpty());

        assertThat(received)
                .isEqualTo(IntStream.range(80, 100).mapToObj(Integer::toString).toList());
    }

    @Test
    void aFilterThatIsNoneIsRefusedWithThePlaceOfTheMistake() {
        SubscribeCall call = ask(filtered("type == 'a' &&\n  sorce == 'b'", earliest()));

        assertThat(StatusCodec.toRefusal(call.failure())).hasValueSatisfying(refusal -> {
            assertThat(refusal.reason()).isEqualTo(Reason.FILTER_INVALID);
            assertThat(refusal.metadata()).containsEntry("line", "2").containsEntry("column", "3");
        });
    }

    private SubscribeCall open(ReadSpec spec) {
        SubscribeCall call = ask(spec);
        call.next(FrameCase.OPENED);
        return call;
    }

    private SubscribeCall ask(ReadSpec spec) {
        return SubscribeCall.on(broker.channel())
                .open(spec, Credit.newBuilder().setEvents(EVENTS).build());
    }

    private static ReadSpec filtered(String filter, StartPosition start) {
        return spec(start).setFilter(filter).build();
    }

    private static List<String> sevens(int from, int to) {
        return IntStream.range(from, to)
                .filter(i -> i % 10 == 7)
                .mapToObj(Integer::toString)
                .toList();
    }

    /** The data of the batches up to the one with which there are so many. */
    private static List<String> receive(SubscribeCall call, int events) {
        List<String> received = new ArrayList<>();
        while (received.size() < events) {
            SubscribeResponse frame = call.next(FrameCase.BATCH);
            received.addAll(data(frame.getBatch()));
        }
        return received;
    }

    private static List<String> data(EventBatch batch) {
        return batch.getEventsList().stream()
                .map(ReceivedEvent::getEvent)
                .map(event -> event.getData().toStringUtf8())
                .toList();
    }
}
