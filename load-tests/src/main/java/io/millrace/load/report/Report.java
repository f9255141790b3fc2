// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
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
 * @param settings how; a record
 * @param targets what was aimed at
 * @param raw what was measured; a record
 */
public record Report(Environment environment, Object settings, List<Target> targets, Object raw) {
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule()
                    .addSerializer(Double.class, new Rounded())
                    .addSerializer(double.class, new Rounded()))
            .build();

    /** Copies the collections. */
    public Report {
        targets = List.copyOf(targets);
    }

    /** True when every target was reached. */
    public boolean allMet() {
        return targets.stream().allMatch(Target::met);
    }

    /** One object on one line. */
    public String toJson() {
        return JSON.writeValueAsString(this);
    }

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
