// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.seeded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MutationTest {
    @Test
    void anyBytesCanBeDamagedAndTheyThemselvesStayAsTheyAre() {
        SplittableRandom random = new SplittableRandom(1);
        int changed = 0;
        for (int length = 0; length < 300; length++) {
            byte[] whole = new byte[length];
            changed += java.util.Arrays.equals(Mutation.of(whole, random), whole) ? 0 : 1;
            assertThat(whole).isEqualTo(new byte[length]);
        }

        assertThat(changed).isGreaterThan(150);
    }

    @Test
    void neighboursOfASeedHaveNothingInCommon() {
        assertThat(Seeds.random(1, 5).longs(100).toArray())
                .doesNotContain(Seeds.random(1, 6).longs(100).toArray());
        assertThat(Seeds.random(1, 5).nextLong()).isEqualTo(Seeds.random(1, 5).nextLong());
    }
}
