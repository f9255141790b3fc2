// SPDX-License-Identifier: Apache-2.0
package io.millrace.client;

import java.util.Arrays;
import java.util.List;

/**
 * Where a server listens.
 *
 * @param host a name, an IPv4 address or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
    /** The port of Millrace where none is named. */
    public static final int DEFAULT_PORT = 7450;

    /** Checks host and port. */
    public Endpoint {
        if (host.isBlank() || host.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("endpoint without a host: write host:port, for example 127.0.0.1:7450");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " of endpoint '" + host + "' is not within 1..65535");
        }
    }

    /**
     * Parses {@code host}, {@code host:port}, {@code [::1]} or {@code [::1]:port}. Throws
     * {@link IllegalArgumentException} with what to write instead.
     */
    public static Endpoint parse(String text) {
        String trimmed = text.trim();
        if (trimmed.contains("://")) {
            throw new IllegalArgumentException(
                    "endpoint '" + trimmed + "' has a scheme: write host:port only, for example 127.0.0.1:7450");
        }
        return trimmed.startsWith("[") ? bracketed(trimmed) : plain(trimmed);
    }

    /** Parses {@code "a:7450,b:7450"}: one endpoint or several, with commas between. */
    public static List<Endpoint> parseAll(String text) {
        return Arrays.stream(text.split(",", -1)).map(Endpoint::parse).toList();
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static Endpoint bracketed(String text) {
        int end = text.indexOf(']');
        if (end < 0) {
            throw new IllegalArgumentException("endpoint '" + text + "' lacks the closing bracket: write [::1]:7450");
        }
        String rest = text.substring(end + 1);
        if (!rest.isEmpty() && !rest.startsWith(":")) {
            throw new IllegalArgumentException("endpoint '" + text + "' has text after the bracket: write [::1]:7450");
        }
        return new Endpoint(text.substring(1, end), rest.isEmpty() ? DEFAULT_PORT : port(text, rest.substring(1)));
    }

    private static Endpoint plain(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new Endpoint(text, DEFAULT_PORT);
        }
        if (text.indexOf(':', colon + 1) >= 0) {
            throw new IllegalArgumentException(
                    "endpoint '" + text + "' has several colons: write an IPv6 address as [" + text + "]:7450");
        }
        return new Endpoint(text.substring(0, colon), port(text, text.substring(colon + 1)));
    }

    private static int port(String endpoint, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "port '" + digits + "' of endpoint '" + endpoint + "' is not a number within 1..65535", e);
        }
    }
}
