// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RawScriptsTest {
    private static final List<String> PATHS = List.of("/a.B/C", "/a.B/D");

    private final RawScripts scripts = new RawScripts(7, PATHS);

    @Test
    void theSameSeedAndIndexMakeTheSameScript() {
        RawScripts again = new RawScripts(7, PATHS);

        for (long index = 0; index < 200; index++) {
            RawScript one = scripts.at(index);
            RawScript other = again.at(index);
            assertThat(other.kind()).isEqualTo(one.kind());
            assertThat(other.chunks()).usingRecursiveComparison().isEqualTo(one.chunks());
        }
    }

    @Test
    void everyKindIsPlayed() {
        assertThat(LongStream.range(0, 1_000)
                        .mapToObj(index -> scripts.at(index).kind()))
                .contains(RawScript.Kind.values());
    }

    @Test
    void aScriptIsBounded() {
        assertThat(LongStream.range(0, 1_000).mapToObj(scripts::at))
                .allSatisfy(script -> assertThat(script.lengthBytes()).isLessThan(1 << 20));
    }
}
