// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.util.List;
import java.util.Locale;

/** Draws a plot as an SVG document that reads on a light and on a dark page. */
final class Svg {
    private static final int WIDTH = 720;
    private static final int LEFT = 190;
    private static final int RIGHT = 130;
    private static final int TOP = 44;
    private static final int BAR = 22;
    private static final int ROW = 32;
    private static final int CURVES_HEIGHT = 260;
    private static final List<String> COLOURS = List.of("#2f6fbb", "#d9822b", "#3a9a5b", "#8a5bb5", "#c0392b");

    private final StringBuilder out = new StringBuilder();

    private Svg() {}

    /** The whole document. */
    static String of(Plot plot) {
        Svg svg = new Svg();
        if (plot instanceof Plot.Bars bars) {
            svg.bars(bars);
        } else if (plot instanceof Plot.Curves curves) {
            svg.curves(curves);
        }
        return svg.out.append("</svg>\n").toString();
    }

    private void bars(Plot.Bars plot) {
        begin(TOP + ROW * plot.bars().size() + 16, plot.title() + ", " + plot.unit());
        double most = plot.bars().stream().mapToDouble(Plot.Bar::value).max().orElse(1);
        for (int i = 0; i < plot.bars().size(); i++) {
            Plot.Bar bar = plot.bars().get(i);
            int y = TOP + i * ROW;
            double width = most <= 0 ? 0 : bar.value() / most * (WIDTH - LEFT - RIGHT);
            text(LEFT - 8, y + 16, "end", bar.label());
            add("<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>", LEFT, y, width, BAR, colour(i));
            text(LEFT + (int) width + 8, y + 16, "start", number(bar.value()));
        }
    }

    private void curves(Plot.Curves plot) {
        begin(TOP + CURVES_HEIGHT + 40, plot.title() + ", " + plot.unit());
        Scale scale = Scale.of(plot);
        for (int power = scale.low; power <= scale.high; power++) {
            double y = scale.y(Math.pow(10, power));
            add("<line x1='70' x2='%d' y1='%.1f' y2='%.1f' stroke='#8888' stroke-width='1'/>", WIDTH - RIGHT, y, y);
            text(62, (int) y + 4, "end", number(Math.pow(10, power)));
        }
        for (int i = 0; i < plot.steps().size(); i++) {
            text(
                    (int) x(i, plot),
                    TOP + CURVES_HEIGHT + 20,
                    "middle",
                    plot.steps().get(i));
        }
        for (int i = 0; i < plot.curves().size(); i++) {
            curve(plot, plot.curves().get(i), scale, colour(i));
        }
    }

    private void curve(Plot.Curves plot, Plot.Curve curve, Scale scale, String colour) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < curve.values().size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    x(i, plot),
                    scale.y(curve.values().get(i))));
        }
        add(
                "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>",
                points.toString().trim(), colour);
        int last = curve.values().size() - 1;
        double y = scale.y(curve.values().get(last));
        add("<text x='%.1f' y='%.1f' fill='%s'>%s</text>", x(last, plot) + 8, y + 4, colour, escape(curve.label()));
    }

    private static double x(int step, Plot.Curves plot) {
        int steps = Math.max(1, plot.steps().size() - 1);
        return 80 + (double) step / steps * (WIDTH - RIGHT - 90);
    }

    private void begin(int height, String title) {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='13'>",
                WIDTH, height);
        add("<rect width='%d' height='%d' fill='#fff'/>", WIDTH, height);
        add("<text x='16' y='24' font-weight='bold' fill='#222'>%s</text>", escape(title));
    }

    private void text(int x, int y, String anchor, String text) {
        add("<text x='%d' y='%d' text-anchor='%s' fill='#222'>%s</text>", x, y, anchor, escape(text));
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    /** Three digits, thousands apart. */
    static String number(double value) {
        if (value >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.3g", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&apos;");
    }

    /** Powers of ten that hold all values. */
    private record Scale(int low, int high) {
        private static final double LEAST = 1e-3;

        static Scale of(Plot.Curves plot) {
            double[] values = plot.curves().stream()
                    .flatMap(curve -> curve.values().stream())
                    .mapToDouble(value -> Math.max(LEAST, value))
                    .sorted()
                    .toArray();
            int low = (int) Math.floor(Math.log10(values[0]));
            int high = (int) Math.ceil(Math.log10(values[values.length - 1]));
            return new Scale(low, Math.max(low + 1, high));
        }

        double y(double value) {
            double share = (Math.log10(Math.max(LEAST, value)) - low) / (high - low);
            return TOP + CURVES_HEIGHT * (1 - share);
        }
    }
}
