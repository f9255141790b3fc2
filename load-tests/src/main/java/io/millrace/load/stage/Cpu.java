// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

/**
 * CPU seconds by process.
 *
 * @param client of the contestant's own program
 * @param broker of Millrace's broker, which idles while Kafka's clients are measured
 * @param kafka of the Kafka node
 */
public record Cpu(double client, double broker, double kafka) {
    Cpu since(Cpu earlier) {
        return new Cpu(client - earlier.client, broker - earlier.broker, kafka - earlier.kafka);
    }

    /** All three. */
    public double all() {
        return client + servers();
    }

    /** What is not the user's program. */
    public double servers() {
        return broker + kafka;
    }
}
