// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.frame.Frame;
import io.millrace.broker.limits.BrokerLimits;
import io.millrace.broker.limits.Overload;
import io.millrace.broker.loop.EventLoops;
import io.millrace.broker.ring.EventTest;
import io.millrace.broker.tail.Tails;
import io.millrace.core.event.Event;
import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.memory.MemoryLogConfig;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.v1.Credit;
import io.millrace.v1.Cursor;
import io.millrace.v1.EndPosition;
import io.millrace.v1.EventBatch;
import io.millrace.v1.Heartbeat;
import io.millrace.v1.Place;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.StallReason;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeOpen;
import io.millrace.v1.SubscribeRequest;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** A reader with a filter, here one that lets every n-th offset through, on history and live. */
class FilteredReadTest {
    private static final TopicName TOPIC = new TopicName("orders");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int RING_BYTES = 256 * 1024;
    private static final int MORE_THAN_THE_RING = 10_000;
    private static final Filters EVERY_NTH = FilteredReadTest::everyNth;

    private final MemoryEventLog log = MemoryEventLog.create(MemoryLogConfig.defaults());
    private final DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(2);
    private final MemoryLedger ledger = MemoryLedger.ofHeapShare();
    private final Overload overload = new Overload(ledger);
    private final BrokerLimits limits = BrokerLimits.defaults()
            .withRingBytes(RING_BYTES, RING_BYTES)
            .withTimes(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofMinutes(30), Duration.ofSeconds(30));
    private final Tails tails = new Tails(log, ledger, limits, loops);
    private final Subscriptions subscriptions =
            new Subscriptions(log, tails, overload, limits, new EventLoops(loops), Clock.systemUTC(), EVERY_NTH);

    @BeforeEach
    void aTopicIsThere() {
        log.topics().create(new TopicSpec(TOPIC, 1, 0, Map.of()), false).block(PATIENCE);
    }

    @AfterEach
    void everythingIsGivenBack() {
        tails.close();
        assertThat(subscriptions.count()).isZero();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        log.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, 3_000})
    void historyAndLiveComeFilteredAndTheSameWhenTheyAreReplayed(int nth) {
        append(MORE_THAN_THE_RING);
        List<ReceivedEvent> received;
        try (Call call = open(nth, earliest(), null)) {
            received = call.eventsUntilCaughtUp();
            append(500);
            received.addAll(call.eventsUntilPlace(MORE_THAN_THE_RING + 500));
        }
        assertThat(received)
                .extracting(ReceivedEvent::getOffset)
                .isEqualTo(multiples(nth, 0, MORE_THAN_THE_RING + 500));
        try (Call replay = open(nth, earliest(), null)) {
            assertThat(replay.eventsUntilPlace(MORE_THAN_THE_RING + 500)).isEqualTo(received);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aCursorInTheMiddleResumesExactlyAndCreditIsSpentOnlyOnWhatIsSent(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        append(MORE_THAN_THE_RING);
        int nth = random.nextInt(10, 60);
        List<Long> received = new ArrayList<>();
        StartPosition start = earliest();
        long last = (MORE_THAN_THE_RING - 1) / nth * (long) nth;
        while (received.isEmpty() || received.get(received.size() - 1) < last) {
            int credit = random.nextInt(20, 200);
            try (Call call =
                    open(nth, start, Credit.newBuilder().setEvents(credit).build())) {
                List<ReceivedEvent> events = new ArrayList<>();
                Place place = call.place;
                while (events.size() < credit && place.getNextOffset() <= last) {
                    SubscribeResponse frame = call.next();
                    if (frame.hasBatch()) {
                        events.addAll(frame.getBatch().getEventsList());
                        place = frame.getBatch().getPlace();
                    }
                }
                assertThat(events).hasSizeLessThanOrEqualTo(credit);
                int kept = random.nextInt(1, events.size() + 1);
                events.subList(0, kept).forEach(event -> received.add(event.getOffset()));
                start = at(place.toBuilder()
                        .setNextOffset(events.get(kept - 1).getOffset() + 1)
                        .build());
            }
        }
        assertThat(received).isEqualTo(multiples(nth, 0, MORE_THAN_THE_RING));
    }

    @Test
    void whereNothingPassesTheStreamIsCaughtUpItsPlaceMovesAndItSaysWhy() {
        append(MORE_THAN_THE_RING);
        try (Call call = open(
                1_000_000,
                StartPosition.newBuilder().setLastCount(MORE_THAN_THE_RING - 1).build(),
                null)) {
            SubscribeResponse caughtUp = call.next(FrameCase.CAUGHT_UP);
            assertThat(caughtUp.getCaughtUp().getCursor().getPlaces(0).getNextOffset())
                    .isEqualTo(MORE_THAN_THE_RING);
            append(50);
            Heartbeat heartbeat = call.next(FrameCase.HEARTBEAT).getHeartbeat();
            while (heartbeat.getCursor().getPlaces(0).getNextOffset() < MORE_THAN_THE_RING + 50) {
                heartbeat = call.next(FrameCase.HEARTBEAT).getHeartbeat();
            }
            assertThat(heartbeat.getStallReason()).isEqualTo(StallReason.STALL_REASON_FILTER_REJECTS);
        }
    }

    @Test
    void aReadWithAnEndCompletesThereWithoutCreditForWhatDoesNotPass() {
        append(1_000);
        ReadSpec spec = spec(900, earliest())
                .setEnd(EndPosition.newBuilder().setLiveEnd(EndPosition.LiveEnd.getDefaultInstance()))
                .build();
        try (Call call =
                new Call(subscriptions, spec, Credit.newBuilder().setEvents(2).build())) {
            assertThat(call.eventsUntilPlace(1_000))
                    .extracting(ReceivedEvent::getOffset)
                    .containsExactly(0L, 900L);
            await().until(call.stream::isDisposed);
        }
    }

    @Test
    void aFaultInAFilterEndsItsStreamWithItAndNoOther() {
        Subscriptions faulty = new Subscriptions(
                log,
                tails,
                overload,
                limits,
                new EventLoops(loops),
                Clock.systemUTC(),
                expression -> (bytes, start, end) -> {
                    throw new IllegalStateException("fault");
                });
        append(10);
        try (Call other = open(1, earliest(), null)) {
            SubscribeRequest open = SubscribeRequest.newBuilder()
                    .setOpen(SubscribeOpen.newBuilder().setSpec(spec(1, earliest())))
                    .build();

            assertThatThrownBy(() -> faulty.subscribe(Flux.just(open).concatWith(Flux.never()))
                            .blockLast(PATIENCE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("fault");

            append(10);
            assertThat(other.eventsUntilPlace(20)).hasSize(20);
        }
        assertThat(faulty.count()).isZero();
    }

    @Test
    void pagesAreFilteredAndAPageEndsWhereMuchWasLookedAtForNothing() {
        append(30_000);
        HistoryReader reader = new HistoryReader(log, overload, limits, Clock.systemUTC(), EVERY_NTH);
        List<Long> received = new ArrayList<>();
        int pages = 0;
        String token = "";
        do {
            ReadResponse page = Objects.requireNonNull(reader.read(ReadRequest.newBuilder()
                            .setSpec(spec(15_000, earliest()))
                            .setPageToken(token)
                            .build())
                    .block(PATIENCE));
            page.getBatchesList().stream()
                    .flatMap(batch -> batch.getEventsList().stream())
                    .forEach(event -> received.add(event.getOffset()));
            token = page.getNextPageToken();
            pages++;
        } while (!token.isEmpty());

        assertThat(received).isEqualTo(multiples(15_000, 0, 30_000));
        assertThat(pages).isEqualTo(2);
    }

    private static EventTest everyNth(String nth) {
        long divisor = Long.parseLong(nth);
        return (bytes, start, end) -> {
            try {
                return EventBatch.parseFrom(Arrays.copyOfRange(bytes, start, end))
                                        .getEvents(0)
                                        .getOffset()
                                % divisor
                        == 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
    }

    private Call open(int nth, StartPosition start, @Nullable Credit credit) {
        return new Call(subscriptions, spec(nth, start).build(), credit == null ? Credit.getDefaultInstance() : credit);
    }

    private static ReadSpec.Builder spec(int nth, StartPosition start) {
        return ReadSpec.newBuilder().addTopics(TOPIC.value()).setStart(start).setFilter(Integer.toString(nth));
    }

    private static StartPosition earliest() {
        return StartPosition.newBuilder()
                .setEarliest(StartPosition.Earliest.getDefaultInstance())
                .build();
    }

    private static StartPosition at(Place place) {
        return StartPosition.newBuilder()
                .setCursor(Cursor.newBuilder().addPlaces(place))
                .build();
    }

    private static List<Long> multiples(int nth, long from, long to) {
        return LongStream.range(from, to)
                .filter(offset -> offset % nth == 0)
                .boxed()
                .toList();
    }

    private void append(int count) {
        log.append(
                        TOPIC,
                        LongStream.range(0, count)
                                .mapToObj(i -> Event.builder()
                                        .id("e" + i)
                                        .key("k" + i % 10)
                                        .data("some value " + i)
                                        .build())
                                .toList())
                .block(PATIENCE);
    }

    /** The frames of a subscription, whose chain and places are checked. */
    private static final class Call implements AutoCloseable {
        private final BlockingQueue<SubscribeResponse> frames = new LinkedBlockingQueue<>();
        private final Sinks.One<SubscribeRequest> never = Sinks.one();
        private final Disposable stream;
        private final Place place;
        private long chain;
        private boolean sawCaughtUp;

        Call(Subscriptions subscriptions, ReadSpec spec, Credit credit) {
            SubscribeRequest open = SubscribeRequest.newBuilder()
                    .setOpen(SubscribeOpen.newBuilder().setSpec(spec).setCredit(credit))
                    .build();
            stream = subscriptions
                    .subscribe(Flux.just(open).concatWith(never.asMono()))
                    .subscribe(frame -> frames.add(message(frame)));
            place = next(FrameCase.OPENED).getOpened().getStart().getPlaces(0);
            chain = place.getNextOffset() - 1;
        }

        SubscribeResponse next() {
            try {
                return checked(
                        Objects.requireNonNull(frames.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no frame came"));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        SubscribeResponse next(FrameCase kind) {
            SubscribeResponse frame = next();
            while (frame.getFrameCase() != kind) {
                assertThat(frame.hasBatch()).as("%s", frame).isFalse();
                frame = next();
            }
            return frame;
        }

        List<ReceivedEvent> eventsUntilCaughtUp() {
            List<ReceivedEvent> events = new ArrayList<>();
            while (!sawCaughtUp) {
                events.addAll(next().getBatch().getEventsList());
            }
            return events;
        }

        List<ReceivedEvent> eventsUntilPlace(long offset) {
            List<ReceivedEvent> events = new ArrayList<>();
            while (chain + 1 < offset) {
                events.addAll(next().getBatch().getEventsList());
            }
            return events;
        }

        private SubscribeResponse checked(SubscribeResponse frame) {
            switch (frame.getFrameCase()) {
                case BATCH -> {
                    EventBatch batch = frame.getBatch();
                    assertThat(batch.getPreviousOffset()).isEqualTo(chain);
                    assertThat(batch.getEventsList()).isNotEmpty();
                    assertThat(batch.getEvents(0).getOffset()).isGreaterThan(chain);
                    chain = batch.getPlace().getNextOffset() - 1;
                    assertThat(batch.getEvents(batch.getEventsCount() - 1).getOffset())
                            .isLessThanOrEqualTo(chain);
                }
                case CAUGHT_UP -> {
                    sawCaughtUp = true;
                    chain = frame.getCaughtUp().getCursor().getPlaces(0).getNextOffset() - 1;
                }
                case HEARTBEAT ->
                    chain = frame.getHeartbeat().getCursor().getPlaces(0).getNextOffset() - 1;
                default -> {}
            }
            return frame;
        }

        private static SubscribeResponse message(Frame frame) {
            try {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                frame.writeTo(out);
                assertThat(out.size()).isEqualTo(frame.sizeBytes());
                return SubscribeResponse.parseFrom(out.toByteArray());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            stream.dispose();
            await().until(stream::isDisposed);
        }
    }
}
