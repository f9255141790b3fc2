// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.util.List;

/** A picture of figures, in words and numbers; {@link Svg} draws it. */
public sealed interface Plot {
    /** Name of its file, without ending: lower case and hyphens. */
    String name();

    /** What it shows. */
    String title();

    /**
     * A bar for each of a few things.
     *
     * @param unit of the values
     */
    record Bars(String name, String title, String unit, List<Bar> bars) implements Plot {
        /** Copies the list. */
        public Bars {
            bars = List.copyOf(bars);
        }
    }

    /** One thing and its value, at least 0. */
    record Bar(String label, double value) {}

    /**
     * Values over steps that have names, both sides on one scale of powers of ten.
     *
     * @param steps names of the places along the x axis
     * @param unit of the values
     */
    record Curves(String name, String title, List<String> steps, String unit, List<Curve> curves) implements Plot {
        /** Copies the lists. */
        public Curves {
            steps = List.copyOf(steps);
            curves = List.copyOf(curves);
        }
    }

    /** One value for each step. */
    record Curve(String label, List<Double> values) {
        /** Copies the list. */
        public Curve {
            values = List.copyOf(values);
        }
    }
}
