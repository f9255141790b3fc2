// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameWalkTest {
    private final byte[] block = PumpMain.block();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 65_536})
    void everyFrameIsCountedHoweverTheBytesAreCut(int readBytes) {
        long expected = count(new FrameWalk(), block.length);

        assertThat(count(new FrameWalk(), readBytes)).isEqualTo(expected).isBetween(200L, 400L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_536})
    void blocksFollowEachOther(int readBytes) {
        FrameWalk walk = new FrameWalk();
        long first = count(walk, readBytes);

        assertThat(count(walk, readBytes)).isEqualTo(first);
    }

    private long count(FrameWalk walk, int readBytes) {
        long frames = 0;
        for (int at = 0; at < block.length; at += readBytes) {
            byte[] read = Arrays.copyOfRange(block, at, Math.min(block.length, at + readBytes));
            frames += walk.over(read, read.length);
        }
        return frames;
    }
}
