// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * One run: where, how, what was aimed at, and everything that was measured.
 *
 * @param environment where
 * @param depth how thoroughly, which decides what the figures are held against
 * @param seconds how long it took
 * @param outcomes what each workload has shown, in order
 */
public record Report(Environment environment, Depth depth, double seconds, List<Outcome> outcomes) {
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new Rounded())
                    .addSerializer(double.class, new Rounded()))
            .build();

    /** Copies the list. */
    public Report {
        outcomes = List.copyOf(outcomes);
    }

    /** What was aimed at, over all workloads. */
    public List<Target> targets() {
        return outcomes.stream().flatMap(outcome -> outcome.targets().stream()).toList();
    }

    /** What readers found wrong, in any workload. */
    public List<String> flaws() {
        return outcomes.stream().flatMap(outcome -> outcome.flaws().stream()).toList();
    }

    /** True when every target was reached. */
    public boolean allMet() {
        return targets().stream().allMatch(Target::met);
    }

    /** One object on one line. */
    public String toJson() {
        Map<String, Object> raw = new LinkedHashMap<>();
        outcomes.forEach(outcome -> raw.put(outcome.workload().replace('-', '_'), outcome.raw()));
        return JSON.writeValueAsString(new Json(environment, depth, seconds, targets(), flaws(), raw));
    }

    private record Json(
            Environment environment,
            Depth depth,
            double seconds,
            List<Target> targets,
            List<String> flaws,
            Map<String, Object> raw) {}

    /** More than four digits of a measurement mean nothing. */
    private static final class Rounded extends StdSerializer<Double> {
        Rounded() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializationContext context) {
            if (Double.isFinite(value)) {
                json.writeNumber(new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros());
            } else {
                json.writeNull();
            }
        }
    }
}
