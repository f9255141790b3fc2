// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.load.faults.Cluster;
import io.millrace.load.faults.Failures;
import io.millrace.load.report.Progress;
import java.io.IOException;

/**
 * Answers are lost between Kafka's and ours, or between Kafka and the broker, until Kafka's own consumer has read the
 * records; then the publisher, which has a name, tries again at the same broker or at the other one.
 */
final class AmbiguousScenario implements Scenario {
    static final String TOPIC = "ambiguous";
    static final int PARTITIONS = 4;

    @Override
    public String name() {
        return "ambiguous";
    }

    @Override
    public String promise() {
        return "what is stored and whose acknowledgement is lost is stored once, wherever it is tried again; counted are"
                + " publications that Kafka's own consumer had read before that";
    }

    @Override
    public int fullCount() {
        return 2_000;
    }

    @Override
    public ScenarioOutcome run(ScenarioSettings settings, Progress progress) throws IOException {
        Failures violations = new Failures();
        try (Cluster cluster = Cluster.open(settings.seed())) {
            cluster.create(TopicSpec.of(new TopicName(TOPIC)).withPartitions(PARTITIONS));
            try (AmbiguousRounds rounds = AmbiguousRounds.begin(settings, cluster, violations, progress)) {
                return rounds.run();
            }
        }
    }
}
