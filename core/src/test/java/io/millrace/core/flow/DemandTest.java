// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DemandTest {
    private final Demand demand = new Demand();

    @Test
    void whatIsServedIsNoLongerDemanded() {
        demand.add(2);
        demand.served();
        assertThat(demand.outstanding()).isEqualTo(1);
        demand.served();
        assertThat(demand.exists()).isFalse();
    }

    @Test
    void endlessDemandStaysEndless() {
        demand.add(Long.MAX_VALUE);
        demand.add(1);
        demand.served();
        assertThat(demand.outstanding()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRequestForNothingOrLessIsRefused() {
        assertThatThrownBy(() -> demand.add(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3.9");
        assertThatThrownBy(() -> demand.add(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
