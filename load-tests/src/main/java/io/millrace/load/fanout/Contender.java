// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.load.process.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A server in the race, with what feeds it. Owned by one thread.
 *
 * @param contestant who it is
 * @param server where subscribers go
 * @param feeder where its events come from, as long as it runs
 * @param usage what the server has cost so far
 * @param compiled how long the server's just-in-time compiler has worked so far
 */
record Contender(
        Contestant contestant, FanOutServer server, Feeder feeder, Supplier<Usage> usage, Supplier<Duration> compiled)
        implements AutoCloseable {
    /** Starts one in a process of its own, and counts all of that process. */
    static Contender start(Contestant contestant) throws IOException {
        ServerProcess process = ServerProcess.start(contestant);
        return new Contender(contestant, process, contestant.feeder(process), process::usage, process::compiled);
    }

    @Override
    public void close() {
        feeder.close();
        server.close();
    }
}
