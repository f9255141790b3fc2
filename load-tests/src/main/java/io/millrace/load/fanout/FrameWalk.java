// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

/** Walks over frames of a tag of one byte, a length as a varint and that many bytes, however they are cut into reads. */
final class FrameWalk {
    private static final int TAG_BYTES = 1;
    private static final int MORE = 0x80;
    private static final int SEVEN_BITS = 0x7f;

    private int toSkip = TAG_BYTES;
    private int length;
    private int shift;
    private boolean inBody = true; // a tag is skipped like the body before it

    /** Returns how many frames have ended in these bytes. */
    int over(byte[] bytes, int count) {
        int ended = 0;
        int at = 0;
        while (at < count) {
            if (inBody) {
                int step = Math.min(toSkip, count - at);
                at += step;
                toSkip -= step;
                inBody = toSkip > 0;
            } else {
                byte next = bytes[at++];
                length |= (next & SEVEN_BITS) << shift;
                shift += 7;
                if ((next & MORE) == 0) {
                    ended += startBody();
                }
            }
        }
        return ended;
    }

    /** The body, and the tag of the frame behind it. */
    private int startBody() {
        toSkip = length + TAG_BYTES;
        inBody = true;
        length = 0;
        shift = 0;
        return 1;
    }
}
