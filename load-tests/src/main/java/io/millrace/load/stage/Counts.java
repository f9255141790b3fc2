// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

/**
 * What readers have received, and what was wrong with it.
 *
 * @param received events
 * @param lost offsets that a reader passed over
 * @param repeated events that a reader had received already
 * @param misplaced events that are not what was published at their offset: another order, or other bytes
 * @param gaps gaps that the server told, where there was no reason for any
 */
public record Counts(long received, long lost, long repeated, long misplaced, long gaps) {
    /** Nothing yet. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    /** Both together. */
    public Counts plus(Counts other) {
        return new Counts(
                received + other.received,
                lost + other.lost,
                repeated + other.repeated,
                misplaced + other.misplaced,
                gaps + other.gaps);
    }

    /** True when nothing at all was wrong. */
    public boolean isFlawless() {
        return lost == 0 && repeated == 0 && misplaced == 0 && gaps == 0;
    }
}
