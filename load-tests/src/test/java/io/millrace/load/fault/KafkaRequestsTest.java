// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class KafkaRequestsTest {
    private static final int WANTED = 26;

    @Test
    void aRequestIsFoundHoweverTheBytesAreCut() {
        ByteBuf bytes = requests(0, 26 << 8, 1, WANTED, 3);
        for (int cut = 1; cut < bytes.readableBytes(); cut++) {
            KafkaRequests requests = new KafkaRequests();
            boolean first = requests.advance(bytes.slice(0, cut), WANTED);
            boolean second = requests.advance(bytes.slice(cut, bytes.readableBytes() - cut), WANTED);
            assertThat(first ^ second).as("cut at " + cut).isTrue();
        }
    }

    @Test
    void noOtherRequestIsTakenForIt() {
        assertThat(new KafkaRequests().advance(requests(0, 1, 2, 3), WANTED)).isFalse();
        assertThat(new KafkaRequests().advance(requests(WANTED), KafkaRequests.NONE))
                .isFalse();
    }

    /** Each with a body in which the wanted number stands too. */
    private static ByteBuf requests(int... numbers) {
        ByteBuf bytes = Unpooled.buffer();
        for (int number : numbers) {
            bytes.writeInt(8).writeShort(number).writeShort(WANTED).writeInt(WANTED);
        }
        return bytes;
    }
}
