// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaFixtureIT {
    @RegisterExtension
    static final KafkaFixture kafka = KafkaFixture.shared();

    @Test
    void aTestHasAKafka() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("fixture", 1, (short) 1)))
                    .all()
                    .get();

            assertThat(admin.listTopics().names().get()).contains("fixture");
        }
    }

    @Test
    void everyTestClassHasTheSameOne() {
        assertThat(KafkaFixture.shared().bootstrapServers()).isEqualTo(kafka.bootstrapServers());
    }
}
