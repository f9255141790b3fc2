// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads events out of a stream of bytes, one at a time and no sooner than asked: what follows in the input stays there.
 * Used by one thread.
 */
interface InputReader extends Closeable {
    /**
     * The next one as soon as it is complete, or {@code null} at the end.
     *
     * @throws BadInputException where the input cannot be what its format says
     */
    @Nullable
    InputRecord next() throws IOException;
}
