// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fault;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Stops a process where it stands and lets it go on. All methods block until the system has done it. */
public final class Signals {
    private static final long PATIENCE_SECONDS = 10;

    private Signals() {}

    /** SIGSTOP: the process does nothing any more, and its connections stay. */
    public static void pause(long pid) {
        send("STOP", pid);
    }

    /** SIGCONT: it goes on as if nothing had been. */
    public static void resume(long pid) {
        send("CONT", pid);
    }

    private static void send(String signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .start();
            if (!kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                kill.destroyForcibly();
                throw new IllegalStateException("SIG" + signal + " could not be sent to process " + pid);
            }
        } catch (IOException e) {
            throw new IllegalStateException("no program 'kill' is here", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
