// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckerTest {
    private static final int SEEDS = 50;

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    static Stream<Arguments> mutations() {
        return Stream.of(Mutation.values()).flatMap(mutation -> seeds().mapToObj(seed -> Arguments.of(mutation, seed)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void inAHistoryThatIsNotSpoiltNothingIsWrong(long seed) {
        Verdict verdict = new ScriptedHistory(seed).check();

        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.violations()).isZero();
        assertThat(verdict.acked()).isPositive();
        assertThat(verdict.unknown()).isPositive();
        assertThat(verdict.unknownStored()).isBetween(1L, verdict.unknown());
        assertThat(verdict.repeatedWithoutIdentity()).isPositive();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("mutations")
    void whatIsSpoiltIsFoundAndCalledByItsName(Mutation mutation, long seed) {
        ScriptedHistory history = new ScriptedHistory(seed);
        mutation.spoil(history);

        Verdict verdict = history.check();

        assertThat(mutation.found(verdict)).as("%s", verdict).isPositive();
        assertThat(verdict.examples()).isNotEmpty();
    }

    @Test
    void anEventThatIsLeftOutForOneReaderAloneIsOneGap() {
        ScriptedHistory history = new ScriptedHistory(1);
        Mutation.A_READER_MISSES_AN_EVENT.spoil(history);

        assertThat(history.check().violations()).isEqualTo(1);
    }

    @Test
    void whatIsFoundTwiceAddsUp() {
        ScriptedHistory history = new ScriptedHistory(2);
        Mutation.A_BODY_IS_TORN_ON_ITS_WAY_TO_A_READER.spoil(history);
        Verdict verdict = history.check();

        assertThat(verdict.plus(verdict).corrupt()).isEqualTo(2);
        assertThat(verdict.plus(Verdict.nothing())).isEqualTo(verdict);
    }

    @Test
    void journalsAreBounded() {
        ReaderJournal reader = new ReaderJournal("reader", 1);
        reader.read(0, 0, 0);
        assertThatIllegalStateException().isThrownBy(() -> reader.read(0, 1, 1));

        PublisherJournal publisher = new PublisherJournal(0, true, 1);
        publisher.sent();
        assertThatIllegalStateException().isThrownBy(publisher::sent);
    }

    @Test
    void theLogIsReadInOrder() {
        StoredLog log = new StoredLog(1, 10);
        log.stored(0, 3, 0);
        assertThat(log.end(0)).isEqualTo(4);
        assertThatIllegalArgumentException().isThrownBy(() -> log.stored(0, 3, 0));
    }
}
