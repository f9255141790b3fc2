// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.output;

import io.millrace.cli.console.DataOut;

/** One JSON array, written while the events come; it is closed at the end, also when the command is interrupted. */
final class JsonArrayWriter implements EventWriter {
    private final DataOut out;
    private boolean empty = true;

    JsonArrayWriter(DataOut out) {
        this.out = out;
    }

    @Override
    public void write(DeliveredEvent event) {
        out.write(empty ? "[\n" : ",\n").write(EventJson.text(event));
        empty = false;
    }

    @Override
    public void end() {
        out.line(empty ? "[]" : "\n]");
    }
}
