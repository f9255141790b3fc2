// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import java.time.Duration;

/**
 * CPU time by process, user and system, all threads; the kernel counts it in steps of 10 ms.
 *
 * @param client of the contestant's own program
 * @param broker of Millrace's broker, which idles while Kafka's clients are measured
 * @param kafka of the Kafka node
 */
record Cpu(Duration client, Duration broker, Duration kafka) {
    static Cpu of(ProcessHandle client, ProcessHandle broker, ProcessHandle kafka) {
        return new Cpu(time(client), time(broker), time(kafka));
    }

    Cpu since(Cpu earlier) {
        return new Cpu(client.minus(earlier.client), broker.minus(earlier.broker), kafka.minus(earlier.kafka));
    }

    double allSeconds() {
        return seconds(client) + serverSeconds();
    }

    double serverSeconds() {
        return seconds(broker) + kafkaSeconds();
    }

    double kafkaSeconds() {
        return seconds(kafka);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static Duration time(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no CPU time of process " + process.pid() + " is known"));
    }
}
