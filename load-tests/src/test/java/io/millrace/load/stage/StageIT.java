// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both sides in processes of their own, on a real node; each checks every event that it receives. */
class StageIT {
    private static Stage stage;

    @BeforeAll
    static void open() throws IOException {
        stage = Stage.open();
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatIsPublishedIsReplayedByEveryReader(Side side) {
        String topic = stage.storage().create();

        Measurement published = stage.run(side, new Work.Publish(topic, 2_000, 100));
        Measurement replayed = stage.run(side, new Work.Replay(topic, 2_001, 100, 3));

        assertThat(published.done().events()).isEqualTo(2_000);
        assertThat(replayed.done().events()).isEqualTo(6_003);
        assertThat(replayed.done().counts()).isEqualTo(new Counts(6_003, 0, 0, 0, 0));
        assertThat(published.cpu().all()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void everySubscriberReceivesWhatIsPublishedAtAPace(Side side) {
        String topic = stage.storage().create();

        Done done = stage.run(side, new Work.Live(topic, 0, 5, 200, 300, 500)).done();

        assertThat(done.events()).isEqualTo(5 * 100);
        assertThat(done.requireLatency().p50())
                .isPositive()
                .isLessThanOrEqualTo(done.requireLatency().p99());
        assertThat(done.counts()).isEqualTo(new Counts(5 * 160, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void otherEventsThanThePublishedOnesAreMisplaced(Side side) {
        String topic = stage.storage().create();
        stage.run(side, new Work.Publish(topic, 9, 99));

        Done done = stage.run(side, new Work.Replay(topic, 10, 100, 1)).done();

        assertThat(done.counts()).isEqualTo(new Counts(10, 0, 0, 10, 0));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void workThatCannotBeDoneIsAFault(Side side) {
        assertThatIllegalStateException().isThrownBy(() -> stage.run(side, new Work.Replay("no topic", 10, 100, 1)));
    }

    @Test
    void aCrowdReadsAndStallsWhileOthersPublish() {
        String topic = stage.storage().create();
        try (Crowd crowd = Crowd.gather(stage.broker().endpoint(), topic, 3, 2, 100)) {
            Measurement published = stage.run(Side.MILLRACE, new Work.Publish(topic, 20_000, 100));

            crowd.requireWhole();
            assertThat(published.done().events()).isEqualTo(20_000);
            assertThat(stage.broker().usage().residentBytes()).isPositive();
        }
    }
}
