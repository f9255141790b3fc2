// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fanout;

/**
 * Millrace with many subscribers beside Millrace with few.
 *
 * @param few how many those are
 * @param figures many beside few
 * @param residentBytes memory of the whole broker process with the many, at full speed over a log in its own memory
 */
public record ScaleFigures(int few, FanOutFigures figures, long residentBytes) {
    /** Server CPU per delivery with many over that with few. */
    public double cpuRatio() {
        return 1 / figures.cpuRatio();
    }
}
