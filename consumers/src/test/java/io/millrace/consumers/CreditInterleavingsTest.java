// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import io.millrace.v1.Credit;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Lincheck tries the interleavings of a user who requests and the network that brings batches. Each of them sends the
 * credit that is due at the end of what it does.
 */
class CreditInterleavingsTest {
    private static final int INTERLEAVINGS = 200;
    private static final long WINDOW_EVENTS = 4;
    private static final long WINDOW_BYTES = 100;

    @Test
    void theServerHasNeverMoreThanWhatIsRequestedAndInTheWindowAndGetsAllOfItInTheEnd() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            CreditAccount account = new CreditAccount(WINDOW_EVENTS, WINDOW_BYTES);
            account.request(2);
            Server server = new Server();
            server.take(account.open());
            Server byUser = new Server();
            Thread user = new Thread(() -> {
                account.request(1);
                byUser.take(account.take());
                account.request(2);
                byUser.take(account.take());
            });
            user.start();
            check(account.receive(2, 2, 60), "the server was granted two events");
            account.deliver(1);
            server.take(account.take());
            account.deliver(1);
            account.release(60);
            server.take(account.take());
            join(user);
            server.take(account.take());
            long events = server.events + byUser.events - 2;
            long bytes = server.bytes + byUser.bytes - 60;
            check(account.demand() == 3, "the demand is " + account.demand());
            check(events >= 2 && events <= 3, "the server has credit for " + events + " of 3 events");
            check(bytes == WINDOW_BYTES, "the server has credit for " + bytes + " bytes");
            check(account.receive(events, events, 0), "the account knows of fewer than " + events);
            check(!account.receive(1, 1, 0), "the account knows of more than " + events);
        });
    }

    @Test
    void aStreamThatOpensAnewMeanwhileGetsNoMoreThanTheWindow() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            CreditAccount account = new CreditAccount(WINDOW_EVENTS, WINDOW_BYTES);
            account.request(10);
            account.open();
            check(account.receive(2, 2, 60), "the server was granted four events");
            Thread user = new Thread(() -> {
                account.deliver(1);
                account.deliver(1);
                account.release(60);
            });
            user.start();
            Server anew = new Server();
            anew.take(account.open());
            anew.take(account.take());
            join(user);
            anew.take(account.take());
            check(anew.events <= WINDOW_EVENTS && anew.events > WINDOW_EVENTS / 2, "granted " + anew.events);
            check(anew.bytes == WINDOW_BYTES || anew.bytes == WINDOW_BYTES - 60, "granted bytes " + anew.bytes);
        });
    }

    /** What has been granted. */
    private static final class Server {
        private long events;
        private long bytes;

        void take(@Nullable Credit credit) {
            if (credit != null) {
                events += credit.getEvents();
                bytes += credit.getBytes();
            }
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
