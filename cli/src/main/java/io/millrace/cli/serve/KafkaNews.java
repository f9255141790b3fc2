// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import io.millrace.cli.option.Durations;
import io.millrace.localkafka.LocalKafkaEvent;
import java.util.function.Consumer;

/** What happens to the embedded Kafka, in sentences for a person. */
final class KafkaNews implements Consumer<LocalKafkaEvent> {
    private final Consumer<String> progress;
    private boolean startedBefore;

    KafkaNews(Consumer<String> progress) {
        this.progress = progress;
    }

    @Override
    public void accept(LocalKafkaEvent event) {
        if (event instanceof LocalKafkaEvent.WaitingForDirectory waiting) {
            progress.accept("waiting for another node to leave " + waiting.dataDir() + " (" + waiting.holder() + ")");
        } else if (event instanceof LocalKafkaEvent.Formatting formatting) {
            progress.accept("first start: making " + formatting.dataDir() + " ready for Kafka");
        } else if (event instanceof LocalKafkaEvent.Starting) {
            progress.accept("starting Kafka; this takes a few seconds");
        } else if (event instanceof LocalKafkaEvent.Ready ready) {
            progress.accept("Kafka " + (startedBefore ? "is back" : "is ready") + " on " + ready.bootstrapServers()
                    + " (process " + ready.pid() + ", " + Durations.seconds(ready.took()) + ")");
            startedBefore = true;
        } else if (event instanceof LocalKafkaEvent.Died died) {
            progress.accept(
                    "Kafka died (process " + died.pid() + ", exit code " + died.exitCode() + "); starting it again in "
                            + Durations.text(died.nextStartIn()) + "; its log is " + died.logFile());
        } else if (event instanceof LocalKafkaEvent.RestartFailed failed) {
            progress.accept("Kafka did not come back: " + failed.refusal().reason() + "; trying again in "
                    + Durations.text(failed.nextStartIn()));
        }
    }
}
