// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.process.Usage;
import java.io.IOException;

/** A broker over a Kafka node in a process of its own, which runs as {@code millrace serve} does. */
public final class BrokerProcess implements AutoCloseable {
    private final ChildJvm process;
    private final String endpoint;

    private BrokerProcess(ChildJvm process) {
        this.process = process;
        this.endpoint = "127.0.0.1:" + process.hear();
    }

    static BrokerProcess start(String bootstrapServers) throws IOException {
        return new BrokerProcess(ChildJvm.start(ServeOptions.all(), BrokerMain.class, bootstrapServers));
    }

    /** Where it serves. */
    public String endpoint() {
        return endpoint;
    }

    /** The whole process. */
    public Usage usage() {
        return process.usage();
    }

    @Override
    public void close() {
        process.close();
    }
}
