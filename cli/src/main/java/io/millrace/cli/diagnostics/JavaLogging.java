// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.diagnostics;

import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** java.util.logging, which gRPC uses, goes where every other log line goes. */
public final class JavaLogging {
    private JavaLogging() {}

    /** From now on, and never to the screen. */
    public static void toSlf4j() {
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.WARNING);
        SLF4JBridgeHandler.install();
    }
}
