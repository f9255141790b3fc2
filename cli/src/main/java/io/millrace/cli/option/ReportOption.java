// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import picocli.CommandLine.Option;

/** How a command that answers once answers: for people or for programs. */
public final class ReportOption {
    /** The two forms. */
    public enum Form {
        /** Aligned columns. */
        table,
        /** One JSON value. */
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "table or json. Default: table.")
    private Form form = Form.table;

    /** True for programs. */
    public boolean isJson() {
        return form == Form.json;
    }
}
