// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker;

import static io.millrace.broker.SubscribeCall.earliest;
import static io.millrace.broker.SubscribeCall.latest;
import static io.millrace.broker.SubscribeCall.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.log.Integrity;
import io.millrace.v1.Credit;
import io.millrace.v1.Gap;
import io.millrace.v1.GapReason;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.ReceivedEvent;
import io.millrace.v1.SlowConsumerPolicy;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscribeResponse.FrameCase;
import io.millrace.v1.SubscriberServiceGrpc;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of an event that is withheld a reader gets word in its place, and of its neighbours everything. */
class WithheldTest {
    private static final int EVENTS = 20_000;

    @RegisterExtension
    final BrokerFixture broker =
            new BrokerFixture(BrokerFixture.quick(), log -> new LogThatDistrusts(log, WithheldTest::integrity));

    /** Some alone, some in long runs, some at the ends of runs of a thousand; others only flagged. */
    private static Integrity integrity(long offset) {
        if (offset % 17 == 3 || offset / 100 % 9 == 4 || offset % 1_000 == 999 || offset == 0) {
            return Integrity.WITHHELD;
        }
        return offset % 5 == 0 ? Integrity.BROKEN : Integrity.SOUND;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void historyAndLiveTellOfEachAtItsPlaceHoweverLittleCreditThereIs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        broker.append(0, EVENTS);
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(spec(earliest()).build(), Credit.newBuilder().setEvents(0).build());
        Account account = new Account(0);
        int credit = 0;
        int published = EVENTS;
        while (account.next < 2 * EVENTS) {
            if (credit == account.received) {
                int more = random.nextInt(1, 2_000);
                credit += more;
                call.credit(more);
            }
            if (published < 2 * EVENTS && account.next > EVENTS / 2 + (published - EVENTS)) {
                int more = Math.min(random.nextInt(1, 3_000), 2 * EVENTS - published);
                broker.append(published, published + more);
                published += more;
            }
            account.take(call.next());
        }
        assertThat(account.flagged).isPositive();
    }

    @Test
    void aFilteredReaderIsToldOfThemToo() {
        broker.append(0, EVENTS);
        Account account = new Account(0);
        read(spec(earliest()).setFilter("event.key.endsWith('7')").build(), account);

        assertThat(account.missing).isEqualTo(withheld(0, EVENTS));
        assertThat(account.delivered)
                .isEqualTo(IntStream.range(0, EVENTS)
                        .filter(n -> n % 10 == 7 && integrity(n) != Integrity.WITHHELD)
                        .boxed()
                        .toList());
    }

    @Test
    void aConflatingReaderIsToldOfThemToo() {
        SubscribeCall call = SubscribeCall.on(broker.channel())
                .open(latest(), SlowConsumerPolicy.SLOW_CONSUMER_POLICY_CONFLATE, null);
        call.next(FrameCase.OPENED);
        call.next(FrameCase.CAUGHT_UP);
        broker.append(0, EVENTS);
        Account account = new Account(null);
        while (account.delivered.size() + account.missing.cardinality() < EVENTS) {
            account.take(call.next());
        }
        assertThat(account.missing).isEqualTo(withheld(0, EVENTS));
    }

    @Test
    void pagesHaveThemAsGapsAndNoneIsLostBetweenTwo() {
        broker.append(0, 3_000);
        Account account = new Account(null);
        ReadRequest.Builder request =
                ReadRequest.newBuilder().setSpec(spec(earliest())).setPageSize(70);
        ReadResponse page;
        do {
            page = SubscriberServiceGrpc.newBlockingStub(broker.channel()).read(request.build());
            page.getGapsList().forEach(account::takeGap);
            page.getBatchesList().forEach(batch -> batch.getEventsList().forEach(account::takeEvent));
            assertThat(page.getGapsCount()
                            + page.getBatchesList().stream()
                                    .mapToInt(batch -> batch.getEventsCount())
                                    .sum())
                    .isBetween(1, 70);
            request.setPageToken(page.getNextPageToken());
        } while (!page.getNextPageToken().isEmpty());

        assertThat(account.missing).isEqualTo(withheld(0, 3_000));
        assertThat(account.delivered)
                .isEqualTo(IntStream.range(0, 3_000)
                        .filter(n -> integrity(n) != Integrity.WITHHELD)
                        .boxed()
                        .toList());
    }

    private void read(ReadSpec spec, Account account) {
        SubscribeCall call = SubscribeCall.on(broker.channel()).open(spec, null);
        for (SubscribeResponse frame = call.next(); !frame.hasCaughtUp(); frame = call.next()) {
            account.takeLoosely(frame);
        }
    }

    private static BitSet withheld(int from, int to) {
        BitSet withheld = new BitSet();
        IntStream.range(from, to)
                .filter(n -> integrity(n) == Integrity.WITHHELD)
                .forEach(withheld::set);
        return withheld;
    }

    /** What one reader has been told. */
    private static final class Account {
        private final List<Integer> delivered = new ArrayList<>();
        private final BitSet missing = new BitSet();
        private final boolean dense;
        private int next;
        private int received;
        private int flagged;

        /** With a place to begin at, every offset must come, in order. */
        Account(@Nullable Integer next) {
            this.dense = next != null;
            this.next = next == null ? 0 : next;
        }

        void take(SubscribeResponse frame) {
            if (!dense) {
                takeLoosely(frame);
            } else if (frame.hasGap()) {
                assertThat(frame.getGap().getFrom().getOffset()).isEqualTo(next);
                takeGap(frame.getGap());
                next = (int) frame.getGap().getTo().getOffset();
            } else {
                frame.getBatch().getEventsList().forEach(event -> {
                    assertThat(event.getOffset()).isEqualTo(next++);
                    takeEvent(event);
                });
            }
        }

        void takeLoosely(SubscribeResponse frame) {
            if (frame.hasGap()) {
                takeGap(frame.getGap());
            } else {
                frame.getBatch().getEventsList().forEach(this::takeEvent);
            }
        }

        /** Counts what the gap has counted as missing, up to its end. */
        void takeGap(Gap gap) {
            assertThat(gap.getReason()).isEqualTo(GapReason.GAP_REASON_CORRUPT);
            int to = (int) gap.getTo().getOffset();
            for (int n = to - (int) gap.getEvents(); n < to; n++) {
                assertThat(integrity(n)).as("offset %d", n).isEqualTo(Integrity.WITHHELD);
                missing.set(n);
            }
        }

        void takeEvent(ReceivedEvent event) {
            Integrity integrity = integrity(event.getOffset());
            assertThat(integrity).as("offset %d", event.getOffset()).isNotEqualTo(Integrity.WITHHELD);
            assertThat(event.getChecksumFailed()).isEqualTo(integrity == Integrity.BROKEN);
            delivered.add(Integer.parseInt(event.getEvent().getData().toStringUtf8()));
            flagged += event.getChecksumFailed() ? 1 : 0;
            received++;
        }
    }
}
