// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceArgumentsTest {
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    @Test
    void startsAreTold() {
        assertThat(StartArgument.parse("now")).isEqualTo(new StartArgument.Now());
        assertThat(StartArgument.parse("beginning")).isEqualTo(new StartArgument.Beginning());
        assertThat(StartArgument.parse("42")).isEqualTo(new StartArgument.AtOffset(42));
        assertThat(StartArgument.parse("0:4,2:9")).isEqualTo(new StartArgument.AtOffsets(Map.of(0, 4L, 2, 9L)));
        assertThat(StartArgument.parse("-15m")).isEqualTo(new StartArgument.Ago(Duration.ofMinutes(15)));
        assertThat(StartArgument.parse("last:10")).isEqualTo(new StartArgument.Last(10));
        assertThat(StartArgument.parse("2026-05-01T12:00:00Z")).isEqualTo(new StartArgument.AtTime(NOON));
    }

    @Test
    void endsAreTold() {
        assertThat(EndArgument.parse("now")).isEqualTo(new EndArgument.Now());
        assertThat(EndArgument.parse("42")).isEqualTo(new EndArgument.AtOffset(42));
        assertThat(EndArgument.parse("1:4")).isEqualTo(new EndArgument.AtOffsets(Map.of(1, 4L)));
        assertThat(EndArgument.parse("-5s")).isEqualTo(new EndArgument.Ago(Duration.ofSeconds(5)));
        assertThat(EndArgument.parse("2026-05-01T14:00:00+02:00")).isEqualTo(new EndArgument.AtTime(NOON));
    }

    @Test
    void aTimeWithoutAZoneIsUniversal() {
        assertThat(Moment.parse("2026-05-01T12:00")).contains(NOON);
        assertThat(Moment.parse("2026-05-01")).contains(Instant.parse("2026-05-01T00:00:00Z"));
    }

    @Test
    void secondsAndMillisecondsSince1970AreToldApart() {
        assertThat(Moment.ofEpoch(1_777_636_800)).contains(NOON);
        assertThat(Moment.ofEpoch(1_777_636_800_000d)).contains(NOON);
        assertThat(Moment.ofEpoch(1e300)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "last:", "last:x", "-15", "0:1,0:2", "1:", "99999999999999999999"})
    void whatIsNoStartIsRefused(String text) {
        assertThatThrownBy(() -> StartArgument.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void speedsAreTold() {
        assertThat(Speed.parse("10x")).isEqualTo(new Speed(10));
        assertThat(Speed.parse("0.5x")).isEqualTo(new Speed(0.5));
        assertThat(Speed.parse("max").isMax()).isTrue();
        assertThatThrownBy(() -> Speed.parse("0x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Speed.parse("10")).hasMessageContaining("10x");
    }
}
