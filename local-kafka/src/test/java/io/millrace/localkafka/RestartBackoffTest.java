// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {
    private final RestartBackoff backoff = new RestartBackoff(new Random(7450));

    @Test
    void thePausesGrowFromATenthOfASecondAndStayBelowTen() {
        Duration bound = RestartBackoff.SHORTEST;
        for (int i = 0; i < 50; i++) {
            assertThat(backoff.next()).isBetween(bound.dividedBy(2), bound);
            bound = bound.multipliedBy(2).compareTo(RestartBackoff.LONGEST) < 0
                    ? bound.multipliedBy(2)
                    : RestartBackoff.LONGEST;
        }
        assertThat(bound).isEqualTo(RestartBackoff.LONGEST);
    }

    @Test
    void aNodeThatLivedLongEnoughStartsFromTheShortestPauseAgain() {
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        backoff.lived(RestartBackoff.LONGEST.plusMillis(1));

        assertThat(backoff.next()).isLessThanOrEqualTo(RestartBackoff.SHORTEST);
    }

    @Test
    void aNodeThatDiesAtOnceKeepsThePausesLong() {
        for (int i = 0; i < 10; i++) {
            backoff.next();
            backoff.lived(Duration.ofSeconds(1));
        }
        assertThat(backoff.next()).isGreaterThanOrEqualTo(RestartBackoff.LONGEST.dividedBy(2));
    }
}
