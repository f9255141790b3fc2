// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both sides in processes of their own, on a real node; each checks every event that it receives. */
class StageIT {
    private static Stage stage;

    @BeforeAll
    static void open(@TempDir Path directory) throws IOException {
        stage = Stage.open(directory);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatIsPublishedIsReplayedByEveryReader(Side side) {
        String topic = stage.storage().create().value();

        Measurement published = stage.run(side, new Work.Publish(topic, 2_000, 100));
        Measurement replayed = stage.run(side, new Work.Replay(topic, 2_000, 3));

        assertThat(published.done().events()).isEqualTo(2_000);
        assertThat(replayed.done().events()).isEqualTo(6_000);
        assertThat(published.cpu().allSeconds()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void everySubscriberReceivesWhatIsPublishedAtAPace(Side side) {
        String topic = stage.storage().create().value();

        Done done = stage.run(side, new Work.Live(topic, 0, 5, 200, 300, 500)).done();

        assertThat(done.events()).isEqualTo(5 * 100);
        assertThat(done.p50Micros()).isPositive().isLessThanOrEqualTo(done.p99Micros());
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void otherEventsThanThePublishedOnesAreAFault(Side side) {
        String topic = stage.storage().create().value();
        stage.run(side, new Work.Publish(topic, 10, 99));

        assertThatIllegalStateException()
                .isThrownBy(() -> stage.run(side, new Work.Replay(topic, 10, 1)))
                .withMessageContaining("expected event 0");
    }
}
