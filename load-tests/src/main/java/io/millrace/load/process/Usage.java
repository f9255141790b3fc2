// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process has cost so far.
 *
 * @param cpu CPU time of all its threads, user and system; the kernel counts it in steps of 10 ms
 * @param residentBytes memory that it has in RAM now; 0 where the system does not tell (it does on Linux)
 */
public record Usage(Duration cpu, long residentBytes) {
    private static final String RESIDENT = "VmRSS:";

    /** Of a process that runs. Errors when its CPU time cannot be known. */
    public static Usage of(ProcessHandle process) {
        return new Usage(cpu(process), residentBytes(process));
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("no CPU time of process " + process.pid() + " is known"));
    }

    private static long residentBytes(ProcessHandle process) {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // it has ended meanwhile
        }
    }
}
