// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.nio.file.Path;
import java.time.Duration;

/** Why a local node did not start. No process, no port and no lock is left behind in any of these cases. */
public sealed interface StartRefusal {
    /** The sentence shown to a person: the thing refused, and what to do about it. */
    String reason();

    /** Another program listens there. Trying again helps once it has ended; another port helps at once. */
    record PortTaken(int port) implements StartRefusal {
        @Override
        public String reason() {
            return "port " + port + " on 127.0.0.1 is taken by another program:"
                    + " stop that program or choose another port for the local Kafka";
        }
    }

    /** Another node works in the directory and did not leave it in time. Trying again helps once it has ended. */
    record DirectoryInUse(Path dataDir, String holder, Duration waited) implements StartRefusal {
        @Override
        public String reason() {
            return "the data directory " + dataDir + " is in use by another node (" + holder
                    + ") and was not released within " + Durations.text(waited)
                    + ": stop that node or choose another directory";
        }
    }

    /** The node was still starting when the time was over. Trying again helps when the machine was busy. */
    record TimedOut(Duration waited, Path logFile) implements StartRefusal {
        @Override
        public String reason() {
            return "the local Kafka was not ready within " + Durations.text(waited)
                    + ": the machine may be too busy, try again or allow more time; its log is " + logFile;
        }
    }

    /** The node ended while it started. Trying again does not help before the cause is gone. */
    record Failed(String cause, Path logFile) implements StartRefusal {
        @Override
        public String reason() {
            return "the local Kafka did not start: " + cause + "; its log is " + logFile;
        }
    }

    /** The thread that waited for the start was interrupted; its interrupt flag is set again. */
    record Interrupted() implements StartRefusal {
        @Override
        public String reason() {
            return "the start of the local Kafka was interrupted";
        }
    }
}
