// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.load.process.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A server in a JVM of its own that runs as {@code millrace serve} does. Owned by one thread. */
final class ServerProcess implements FanOutServer {
    private final ChildJvm process;
    private final int port;

    private ServerProcess(ChildJvm process) {
        this.process = process;
        this.port = answer(process.hear(), ServerMain.PORT);
    }

    /** Starts one; returns when it serves. */
    static ServerProcess start(Contestant contestant) throws IOException {
        return start(contestant, ServeOptions.all());
    }

    /** The same with other options of the JVM. */
    static ServerProcess start(Contestant contestant, List<String> jvmOptions) throws IOException {
        ChildJvm process = ChildJvm.start(jvmOptions, ServerMain.class, contestant.toString());
        try {
            return new ServerProcess(process);
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int subscribers() {
        return answer(process.ask(ServerMain.SUBSCRIBERS), ServerMain.SUBSCRIBERS);
    }

    /** Tells the server to; returns at once. */
    @Override
    public void makeUntil(long offset) {
        process.tell(ServerMain.MAKE + " " + offset);
    }

    /** How long its just-in-time compiler has worked so far. */
    Duration compiled() {
        return Duration.ofMillis(answer(process.ask(ServerMain.COMPILED), ServerMain.COMPILED));
    }

    /** The whole process. */
    Usage usage() {
        return process.usage();
    }

    @Override
    public void close() {
        process.close();
    }

    static int answer(String line, String name) {
        if (!line.startsWith(name + " ")) {
            throw new IllegalStateException("the server answered '" + line + "' where its " + name + " was expected");
        }
        return Integer.parseInt(line, name.length() + 1, line.length(), 10);
    }
}
