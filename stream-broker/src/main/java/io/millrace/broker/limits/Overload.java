// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.limits;

import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker does not do for now because its memory is short. It follows the ledger: each {@link Shed} begins at its
 * share, and all of them end together when less than three quarters are used, so that nothing flutters at a threshold.
 * What is kept only because it may be of use again is given up earlier ({@link MemoryLedger#hasRoom}), so it alone
 * never makes a broker shed anything.
 *
 * <p><b>Threads.</b> Safe from any thread; costs two reads where nothing changes. The ledger is looked at when somebody
 * asks, so a peak that nobody asks in has no consequence. What changes is told in the program's log, once a second at
 * most.
 */
public final class Overload {
    /** When whoever waits for the end of the shortage looks again. */
    public static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);
    private static final double ENDS_BELOW = 0.75;
    private static final long TELL_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Shed[] KINDS = Shed.values();

    private final MemoryLedger ledger;

    /** So many of the kinds are given up. */
    private final AtomicInteger depth = new AtomicInteger();

    private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - TELL_EVERY_NANOS);

    /** Of a broker with this ledger. */
    public Overload(MemoryLedger ledger) {
        this.ledger = ledger;
    }

    /** The ledger that is followed. */
    public MemoryLedger ledger() {
        return ledger;
    }

    /** True while this is not done. */
    public boolean sheds(Shed kind) {
        long used = ledger.usedBytes();
        int present = depth.get();
        int next = used < ENDS_BELOW * ledger.limitBytes() ? 0 : Math.max(present, depthAt(used));
        if (next != present && depth.compareAndSet(present, next) && mayTell()) {
            tell(next, used);
        }
        return next > kind.ordinal();
    }

    /** Errors with MEMORY_EXHAUSTED while this is not done. */
    public void refuseIfShed(Shed kind, String what) {
        if (sheds(kind)) {
            throw refusal(what).asException();
        }
    }

    /** What is not done while memory is short. */
    public static Refusal refusal(String what) {
        return Refusal.of(Reason.MEMORY_EXHAUSTED, what + " while memory is short");
    }

    private int depthAt(long used) {
        int reached = 0;
        while (reached < KINDS.length && used >= KINDS[reached].share() * ledger.limitBytes()) {
            reached++;
        }
        return reached;
    }

    private boolean mayTell() {
        long now = System.nanoTime();
        long told = toldNanos.get();
        return now - told >= TELL_EVERY_NANOS && toldNanos.compareAndSet(told, now);
    }

    private void tell(int next, long used) {
        if (next == 0) {
            LOG.info("memory is not short any more: {} of {} bytes are used", used, ledger.limitBytes());
        } else {
            LOG.warn(
                    "memory is short, {} of {} bytes are used; given up as far as {}",
                    used,
                    ledger.limitBytes(),
                    KINDS[next - 1]);
        }
    }
}
