// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.Credit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arithmetic of credit, with a server and a user that act at random. */
class CreditAccountTest {
    private static final long WINDOW_EVENTS = 64;
    private static final long WINDOW_BYTES = 1_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsGrantedAndWhatWaitsIsNeverOverTheWindowNorTheDemand(long seed) {
        Random random = new Random(seed);
        CreditAccount account = new CreditAccount(WINDOW_EVENTS, WINDOW_BYTES);
        Deque<int[]> waiting = new ArrayDeque<>();
        long demand = 0;
        Credit first = account.open();
        long granted = first.getEvents();
        long bytes = first.getBytes();
        long waitingEvents = 0;
        for (int step = 0; step < 100_000; step++) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    int more = 1 + random.nextInt(100);
                    account.request(more);
                    demand += more;
                }
                case 1 -> {
                    if (granted > 0 && bytes > 0) {
                        int events = 1 + random.nextInt((int) Math.min(granted, 20));
                        int cost = 1 + random.nextInt(400);
                        assertThat(account.receive(events, events, cost)).isTrue();
                        granted -= events;
                        bytes -= cost;
                        waitingEvents += events;
                        waiting.add(new int[] {events, cost});
                    }
                }
                case 2 -> {
                    int[] batch = waiting.poll();
                    if (batch != null) {
                        account.deliver(batch[0]);
                        account.release(batch[1]);
                        demand -= batch[0];
                        waitingEvents -= batch[0];
                    }
                }
                case 3 -> {
                    Credit more = account.take();
                    if (more != null) {
                        granted += more.getEvents();
                        bytes += more.getBytes();
                    }
                }
                default -> {
                    if (random.nextInt(100) == 0) {
                        Credit reopened = account.open();
                        granted = reopened.getEvents();
                        bytes = reopened.getBytes();
                    }
                }
            }
            assertThat(granted + waitingEvents).isLessThanOrEqualTo(Math.min(WINDOW_EVENTS, demand));
            assertThat(bytes).isLessThanOrEqualTo(WINDOW_BYTES);
            assertThat(account.demand()).isEqualTo(demand);
            if (waiting.isEmpty() && demand > 0 && (granted <= 0 || bytes <= 0)) {
                Credit more = account.take();
                assertThat(more).as("credit for a server that cannot send").isNotNull();
                granted += more.getEvents();
                bytes += more.getBytes();
                assertThat(granted).isPositive();
                assertThat(bytes).isPositive();
            }
        }
    }

    @Test
    void demandWithoutBoundIsNeverUsedUp() {
        CreditAccount account = new CreditAccount(WINDOW_EVENTS, WINDOW_BYTES);
        account.request(Long.MAX_VALUE);
        account.request(5);
        assertThat(account.open().getEvents()).isEqualTo(WINDOW_EVENTS);
        account.receive(10, 10, 10);
        account.deliver(10);
        assertThat(account.demand()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aServerThatSendsTooMuchIsNoticed() {
        CreditAccount account = new CreditAccount(WINDOW_EVENTS, WINDOW_BYTES);
        account.request(3);
        account.open();
        assertThat(account.receive(3, 3, 30)).isTrue();
        assertThat(account.receive(1, 1, 10)).isFalse();
    }
}
