// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeLineTest {
    @ParameterizedTest
    @EnumSource
    void everyWordArrivesAsItWasSaid(NodeLine.Word word) {
        assertThat(NodeLine.parse(new NodeLine(word, "a text").format())).contains(new NodeLine(word, "a text"));
        assertThat(NodeLine.parse(new NodeLine(word, "").format())).contains(new NodeLine(word, ""));
    }

    @Test
    void aTextOfManyLinesBecomesOne() {
        assertThat(new NodeLine(NodeLine.Word.FAILED, "no space\n\tat disk\n").format())
                .endsWith("no space | at disk")
                .doesNotContain("\n");
    }

    @Test
    void whatALibraryPrintsIsNotPartOfTheConversation() {
        assertThat(NodeLine.parse("SLF4J: no providers were found")).isEmpty();
    }
}
