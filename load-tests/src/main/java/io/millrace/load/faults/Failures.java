// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults;

import java.util.ArrayList;
import java.util.List;

/** What a user of the SDK should never have seen, in words; the first few are kept. Thread-safe. */
final class Failures {
    private static final int MOST = 50;

    private final List<String> failures = new ArrayList<>();
    private long count;

    synchronized void add(String failure) {
        count++;
        if (failures.size() < MOST) {
            failures.add(failure);
        }
    }

    synchronized long count() {
        return count;
    }

    synchronized List<String> all() {
        return List.copyOf(failures);
    }
}
