// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.publish;

import io.millrace.cli.console.DataOut;
import io.millrace.cli.output.Json;
import io.millrace.producers.PublishAck;
import org.jspecify.annotations.Nullable;

/** A JSON object per acknowledged event, in the order of the input: which line, and where it is stored. */
final class AckJournal {
    private final @Nullable DataOut out;

    /** A journal; {@code null} for none. */
    AckJournal(@Nullable DataOut out) {
        this.out = out;
    }

    void stored(long line, PublishAck ack) {
        if (out != null) {
            out.line(Json.object()
                    .put("sequence", ack.sequence())
                    .put("line", line)
                    .put("id", ack.eventId())
                    .put("partition", ack.partition().partition())
                    .put("offset", ack.offset())
                    .toString());
        }
    }

    void flush() {
        if (out != null) {
            out.flush();
        }
    }
}
