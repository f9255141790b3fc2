// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.broker.Broker;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import java.io.IOException;
import java.io.PrintStream;

/**
 * A broker on a Kafka cluster in a process of its own, put together as {@code millrace serve} does for a cluster that it
 * is told of. Says its port on
 * standard output, and ends when its input does or at SIGTERM, its streams drained.
 */
public final class BrokerMain {
    private static final int REPLICAS = 3;

    private BrokerMain() {}

    /** The cluster of these servers; topics have three replicas there, or as many as there are nodes. */
    public static KafkaLogConfig cluster(String servers) {
        return KafkaLogConfig.of(servers).withDefaultReplicationFactor(REPLICAS);
    }

    /** Serves the cluster that is named. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        KafkaEventLog log = KafkaEventLog.connect(cluster(arguments[0]));
        Broker broker = start(log);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            broker.close();
                            log.close();
                        },
                        "stop"));
        answers.println(broker.port());
        while (System.in.read() >= 0) {
            // nothing is said to a broker
        }
        System.exit(0);
    }

    private static Broker start(KafkaEventLog log) throws IOException {
        try {
            return Broker.builder().log(log).port(0).start();
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }
}
