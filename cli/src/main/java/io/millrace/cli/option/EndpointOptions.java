// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Which server a command talks to, and how long it waits for it. */
public final class EndpointOptions {
    @Option(
            names = {"-e", "--endpoint"},
            paramLabel = "HOST:PORT",
            defaultValue = "${env:MILLRACE_ENDPOINT:-127.0.0.1:7450}",
            description = "Server, or several as a:7450,b:7450. Default: MILLRACE_ENDPOINT, else 127.0.0.1:7450.")
    private String endpoint = "127.0.0.1:7450";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long to wait for a server that does not answer: 500ms, 10s, 5m. Default: 10s.")
    private Duration timeout = Duration.ofSeconds(10);

    /** One or several addresses. */
    public String endpoint() {
        return endpoint;
    }

    /** How long silence is borne. */
    public Duration timeout() {
        return timeout;
    }
}
