// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.durable;

import java.time.Duration;

/** One way to do a piece of work, which can be done again and again. */
interface Contender {
    /** Moves this many events, checks that all of them were, and tells how long the moving itself took. Blocks. */
    Duration run(int events);
}
