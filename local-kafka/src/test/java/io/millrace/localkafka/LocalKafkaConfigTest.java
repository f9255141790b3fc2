// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalKafkaConfigTest {
    private final LocalKafkaConfig config = LocalKafkaConfig.in(Path.of("data"));

    @Test
    void theDefaultsAreDurableAndPatientAndOnAnyPort() {
        assertThat(config.durable()).isTrue();
        assertThat(config.kafkaPort()).isEqualTo(LocalKafkaConfig.ANY_PORT);
        assertThat(config.startTimeout()).isEqualTo(Duration.ofSeconds(180));
        assertThat(config.lockTimeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aRelativeDirectoryIsMadeAbsoluteBecauseTheChildIsToldIt() {
        assertThat(config.dataDir()).isAbsolute().endsWithRaw(Path.of("data"));
        assertThat(config.logFile()).hasParentRaw(config.dataDir());
    }

    @Test
    void aValueThatCannotWorkIsRefusedWhereItIsSet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withKafkaPort(65_536))
                .withMessageContaining("65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withAdvertisedPort(-1))
                .withMessageContaining("advertised port -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withStartTimeout(Duration.ZERO))
                .withMessageContaining("start timeout");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withHeapMebibytes(64));
    }

    @Test
    void theChildReadsWhatTheParentHasWritten() {
        NodeArguments told = NodeArguments.of(config.withKafkaPort(7492)
                .withAdvertisedPort(7493)
                .withDurable(false)
                .withLockTimeout(Duration.ofMillis(200))
                .withStopTimeout(Duration.ofSeconds(5)));

        assertThat(NodeArguments.parse(told.format())).isEqualTo(told);
    }
}
