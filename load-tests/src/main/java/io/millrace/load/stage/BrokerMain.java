// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.broker.Broker;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import java.io.IOException;
import java.io.PrintStream;

/**
 * A broker on a Kafka cluster in a process of its own, put together as {@code millrace serve} does. Says its port on
 * standard output, and ends when its input does.
 */
public final class BrokerMain {
    private BrokerMain() {}

    /** Serves the cluster that is named. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        try (KafkaEventLog log = KafkaEventLog.connect(KafkaLogConfig.of(arguments[0]));
                Broker broker = Broker.builder().log(log).port(0).start()) {
            answers.println(broker.port());
            while (System.in.read() >= 0) {
                // nothing is said to a broker
            }
        }
        System.exit(0);
    }
}
