// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.cli.console.DataOut;
import io.millrace.core.event.Bytes;

/** Payloads as they are, each followed by a line feed; a deletion marker is an empty line. */
final class RawWriter implements EventWriter {
    private final DataOut out;

    RawWriter(DataOut out) {
        this.out = out;
    }

    @Override
    public void write(DeliveredEvent event) {
        Bytes data = event.event().data();
        if (data != null) {
            out.write(data.array());
        }
        out.write("\n");
    }
}
