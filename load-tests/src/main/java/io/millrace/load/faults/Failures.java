// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.util.ArrayList;
import java.util.List;

/** What should never have been seen, in words; the first few are kept and all are counted. Thread-safe. */
public final class Failures {
    private static final int MOST = 50;

    private final List<String> failures = new ArrayList<>();
    private long count;

    /** One more. */
    public synchronized void add(String failure) {
        count++;
        if (failures.size() < MOST) {
            failures.add(failure);
        }
    }

    /** How many there were. */
    public synchronized long count() {
        return count;
    }

    /** The first of them. */
    public synchronized List<String> all() {
        return List.copyOf(failures);
    }
}
