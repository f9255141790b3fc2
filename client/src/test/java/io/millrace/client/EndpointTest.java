// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "broker, broker, 7450",
        "broker:9000, broker, 9000",
        "10.0.0.1:1, 10.0.0.1, 1",
        "[::1], ::1, 7450",
        "[2001:db8::7]:65535, 2001:db8::7, 65535",
        "' a:7450 ', a, 7450"
    })
    void formsOfOneEndpoint(String text, String host, int port) {
        assertThat(Endpoint.parse(text)).isEqualTo(new Endpoint(host, port));
    }

    @ParameterizedTest
    @CsvSource({
        "'', without a host",
        ":7450, without a host",
        "a:, not a number",
        "a:x, not a number",
        "a:0, not within 1..65535",
        "a:65536, not within 1..65535",
        "http://a:7450, has a scheme",
        "::1, as [::1]:7450",
        "[::1, lacks the closing bracket",
        "[::1]7450, text after the bracket",
        "'a b', without a host"
    })
    void whatIsNoneSaysWhatToWriteInstead(String text, String advice) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.parse(text))
                .withMessageContaining(advice);
    }

    @Test
    void severalAreSeparatedByCommasAndPrintAsTheyAreWritten() {
        assertThat(Endpoint.parseAll("a:7450, b:7451,[::1]:7452"))
                .extracting(Endpoint::toString)
                .containsExactly("a:7450", "b:7451", "[::1]:7452");
        assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.parseAll("a,,b"));
    }
}
