// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.event.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlightsTest {
    @Test
    void thereAreTwentyThousandDifferentOnesInOrderOfTime() {
        List<Event> flights = Flights.load(100_000);

        assertThat(flights).hasSize(20_000);
        assertThat(flights.stream().map(Event::data).distinct()).hasSize(20_000);
        assertThat(flights).isSortedAccordingTo((a, b) -> a.time().compareTo(b.time()));
        assertThat(flights.get(0).key().utf8()).isEqualTo("DTW");
        assertThat(Flights.indexOf(flights.get(19_999).id())).hasValue(19_999);
        assertThat(Flights.indexOf("other")).isEmpty();
    }
}
