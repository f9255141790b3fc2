// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The little arithmetic that reports need. */
public final class Statistics {
    private Statistics() {}

    /** The middle value; of an even number, the mean of the two in the middle. Errors when there is none. */
    public static double median(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values have no median");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median of a figure of each thing. */
    public static <T> double median(List<T> things, ToDoubleFunction<T> figure) {
        return median(things.stream().mapToDouble(figure).toArray());
    }
}
