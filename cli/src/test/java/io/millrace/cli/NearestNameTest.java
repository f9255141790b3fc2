// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    private static final List<String> NAMES = List.of("-o", "--output", "--endpoint", "--exit-at-end", "--count");

    @Test
    void aLetterLessMoreDifferentOrExchangedIsRecognized() {
        assertThat(NearestName.of("--outpt", NAMES)).contains("--output");
        assertThat(NearestName.of("--outtput", NAMES)).contains("--output");
        assertThat(NearestName.of("--cuont", NAMES)).contains("--count");
        assertThat(NearestName.of("--endpiont", NAMES)).contains("--endpoint");
    }

    @Test
    void aBeginningIsRecognized() {
        assertThat(NearestName.of("--exit", NAMES)).contains("--exit-at-end");
    }

    @Test
    void whatIsLikeNothingIsNotGuessed() {
        assertThat(NearestName.of("--zebra", NAMES)).isEmpty();
        assertThat(NearestName.of("-x", NAMES)).isEmpty();
    }
}
