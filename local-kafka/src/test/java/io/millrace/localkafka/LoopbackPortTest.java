// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LoopbackPortTest {
    @Test
    void aFreePortIsBelowWhereClientsGetTheirs() {
        int port = LoopbackPort.anyFree();

        assertThat(port).isBetween(20_000, 32_767);
        assertThat(LoopbackPort.isFree(port)).isTrue();
    }

    @Test
    void aPortThatSomebodyListensOnIsNotFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(LoopbackPort.isFree(taken.getLocalPort())).isFalse();
        }
    }
}
