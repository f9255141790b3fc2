// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/**
 * Where it was measured.
 *
 * @param jdk version and maker of the Java virtual machine
 * @param os name, version and architecture of the operating system
 * @param cpus processors available
 * @param loadAverage of the minute before the run, so that a reader sees whether the machine was busy
 * @param heapBytes bound of this process's heap
 * @param serverOptions options of the servers' Java virtual machines
 */
public record Environment(
        String jdk, String os, int cpus, double loadAverage, long heapBytes, List<String> serverOptions) {
    /** This machine, now. */
    public static Environment here(List<String> serverOptions) {
        return new Environment(
                System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Runtime.getRuntime().maxMemory(),
                serverOptions);
    }

    /** The most of it in one line. */
    public String line() {
        return String.format(
                Locale.ROOT, "%s · %d cpus · %s · load average %.1f · %s", jdk, cpus, os, loadAverage, options());
    }

    private String options() {
        return String.join(
                " ",
                serverOptions.stream().filter(option -> option.startsWith("-X")).toList());
    }
}
