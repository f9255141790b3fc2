// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.serve;

import io.millrace.cli.exit.CommandFailure;
import io.millrace.cli.exit.ExitCode;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Looks whether ports are free, before anything is started that would have to be stopped again. */
public final class Ports {
    private Ports() {}

    /** True when a server could bind there now; 0 is always free. */
    public static boolean isFree(String host, int port) {
        if (port == 0) {
            return true;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address(host), port));
            return true;
        } catch (BindException taken) {
            return false;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILURE, "port " + port + " cannot be checked: " + e.getMessage(), e);
        }
    }

    /** Throws what ends the command when the port is taken. */
    static void requireFree(String host, int port, String option) {
        if (!isFree(host, port)) {
            throw taken(host, port, option);
        }
    }

    static CommandFailure taken(String host, int port, String option) {
        return new CommandFailure(
                ExitCode.FAILURE,
                "port " + port + " on " + host
                        + " is taken by another program; stop that one, or choose another port with " + option
                        + " (0 for any free one)");
    }

    /** The address of a host name. Throws what ends the command when there is none. */
    static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new CommandFailure(ExitCode.USAGE, "--host " + host + " is no address of this machine", e);
        }
    }
}
