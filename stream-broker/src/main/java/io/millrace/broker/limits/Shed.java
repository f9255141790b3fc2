// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.limits;

/**
 * What a broker stops doing while its memory is short, in this order: each kind is given up together with those before
 * it. Acknowledgements are never given up, nor is what is sent to live readers.
 */
public enum Shed {
    /** Publishers get no more credit, so that what they may send shrinks before anything is refused. */
    CREDIT(0.85),
    /** New subscriptions are refused. */
    SUBSCRIPTIONS(0.90),
    /** Replays read nothing more from the log, and pages of history are refused. */
    REPLAYS(0.94),
    /** What is published is refused. */
    PUBLISHING(0.97);

    private final double share;

    Shed(double share) {
        this.share = share;
    }

    /** It begins when so much of the ledger is used. */
    double share() {
        return share;
    }
}
