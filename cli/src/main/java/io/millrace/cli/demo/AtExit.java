// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was added, the last first: when it is closed itself, or when the program is ended. Thread-safe. */
final class AtExit implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeAll, "at-exit");

    AtExit() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Also closes this. */
    synchronized <R extends AutoCloseable> R add(R resource) {
        resources.push(resource);
        return resource;
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the program is being ended at this very moment: the hook finds nothing left to do
        }
    }

    private synchronized void closeAll() {
        while (!resources.isEmpty()) {
            close(resources.pop());
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close " + resource, e);
        }
    }
}
