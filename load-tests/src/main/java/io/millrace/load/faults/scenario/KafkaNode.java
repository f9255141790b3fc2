// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.fault.Signals;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import java.util.concurrent.TimeUnit;

/** A Kafka node that comes and goes when it is told to, always on the same port. One thread owns it; everything blocks. */
final class KafkaNode implements AutoCloseable {
    private static final int END_SECONDS = 60;

    private LocalKafkaConfig config;
    private LocalKafka node;

    private KafkaNode(LocalKafkaConfig config) {
        this.config = config;
        this.node = LocalKafka.start(config);
        this.config = config.withKafkaPort(node.port());
    }

    /** A new one; returns when it can be used. */
    static KafkaNode start(LocalKafkaConfig config) {
        return new KafkaNode(config);
    }

    String bootstrapServers() {
        return node.bootstrapServers();
    }

    /** {@code kill -9}, where it has not ended already. */
    void kill() {
        ProcessHandle.of(node.pid()).ifPresent(ProcessHandle::destroyForcibly);
        node.onExit().orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Starts it again when it has ended. */
    void startAgain() {
        node = LocalKafka.start(config);
    }

    /** SIGSTOP. */
    void pause() {
        Signals.pause(node.pid());
    }

    /** SIGCONT. */
    void resume() {
        Signals.resume(node.pid());
    }

    @Override
    public void close() {
        node.close();
    }
}
