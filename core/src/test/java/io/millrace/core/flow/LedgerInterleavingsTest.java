// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.flow;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/** Lincheck tries the interleavings of the threads in each block. */
class LedgerInterleavingsTest {
    private static final int INTERLEAVINGS = 400;

    @Test
    void theLedgerNeverSaysLessThanNothingNorMoreThanWasTakenAndEndsAtZero() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            MemoryLedger ledger = new MemoryLedger(100);
            MemoryLedger.Account shared = ledger.open();
            MemoryLedger.Account closing = ledger.open();
            Thread other = new Thread(() -> {
                closing.take(3);
                shared.take(5);
                shared.give(5);
            });
            other.start();
            closing.close();
            check(ledger.usedBytes() >= 0 && ledger.usedBytes() <= 8);
            shared.take(2);
            check(ledger.usedBytes() >= 2 && ledger.usedBytes() <= 10);
            shared.give(2);
            join(other);
            closing.close();
            check(shared.heldBytes() == 0 && ledger.usedBytes() == 0);
        });
    }

    @Test
    void demandIsNeitherLostNorServedTwice() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            Demand demand = new Demand();
            Thread other = new Thread(() -> {
                demand.add(2);
                demand.add(1);
            });
            other.start();
            int served = 0;
            for (int look = 0; look < 3; look++) {
                if (demand.exists()) {
                    demand.served();
                    served++;
                }
            }
            join(other);
            check(demand.outstanding() + served == 3);
        });
    }

    /** The same with the steps of taking the other way round: shows that the check above can fail. */
    @Test
    void aLedgerThatLearnsLastOfWhatIsTakenWouldBeFoundOut() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
                    AtomicLong used = new AtomicLong();
                    AtomicLong held = new AtomicLong();
                    Thread other = new Thread(() -> {
                        held.addAndGet(3);
                        used.addAndGet(3);
                    });
                    other.start();
                    used.addAndGet(-held.getAndSet(0));
                    check(used.get() >= 0);
                    join(other);
                }))
                .isInstanceOf(LincheckAssertionError.class);
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("the count is wrong");
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
