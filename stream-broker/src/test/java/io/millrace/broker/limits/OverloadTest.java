// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.flow.MemoryLedger;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OverloadTest {
    private final MemoryLedger ledger = new MemoryLedger(1_000);
    private final MemoryLedger.Account account = ledger.open();
    private final Overload overload = new Overload(ledger);

    static Stream<Arguments> shares() {
        return Stream.of(
                Arguments.of(0, List.of()),
                Arguments.of(849, List.of()),
                Arguments.of(850, List.of(Shed.CREDIT)),
                Arguments.of(899, List.of(Shed.CREDIT)),
                Arguments.of(900, List.of(Shed.CREDIT, Shed.SUBSCRIPTIONS)),
                Arguments.of(940, List.of(Shed.CREDIT, Shed.SUBSCRIPTIONS, Shed.REPLAYS)),
                Arguments.of(970, List.of(Shed.values())),
                Arguments.of(2_000, List.of(Shed.values())));
    }

    @ParameterizedTest
    @MethodSource("shares")
    void oneKindAfterTheOtherIsGivenUp(long used, List<Shed> expected) {
        use(used);

        assertThat(shed()).isEqualTo(expected);
    }

    @Test
    void whatIsGivenUpStaysSoUntilThreeQuartersAndThenAllComesBack() {
        use(950);
        assertThat(shed()).containsExactly(Shed.CREDIT, Shed.SUBSCRIPTIONS, Shed.REPLAYS);
        use(760);
        assertThat(shed()).containsExactly(Shed.CREDIT, Shed.SUBSCRIPTIONS, Shed.REPLAYS);
        use(980);
        assertThat(shed()).containsExactly(Shed.values());
        use(750);
        assertThat(shed()).containsExactly(Shed.values());
        use(749);
        assertThat(shed()).isEmpty();
        use(860);
        assertThat(shed()).containsExactly(Shed.CREDIT);
    }

    @Test
    void thereIsNoRoomForWhatMayBeOfUseAgainLongBefore() {
        use(700);

        assertThat(ledger.hasRoom()).isFalse();
        assertThat(shed()).isEmpty();
    }

    @Test
    void aRefusalSaysWhatIsNotDone() {
        use(1_000);

        assertThatThrownBy(() -> overload.refuseIfShed(Shed.PUBLISHING, "nothing more is taken in"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal().reason()).isEqualTo(Reason.MEMORY_EXHAUSTED))
                .hasMessageContaining("nothing more is taken in while memory is short");
    }

    private void use(long bytes) {
        account.close();
        account.take(bytes);
    }

    private List<Shed> shed() {
        return Arrays.stream(Shed.values()).filter(overload::sheds).toList();
    }
}
