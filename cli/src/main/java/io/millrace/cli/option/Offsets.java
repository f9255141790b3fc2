// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Offsets as people write them: {@code 42} for a topic of one partition, {@code 0:42,1:7} for several. */
final class Offsets {
    private static final Pattern ONE = Pattern.compile("\\d{1,18}");
    private static final Pattern SEVERAL = Pattern.compile("\\d{1,9}:\\d{1,18}(,\\d{1,9}:\\d{1,18})*");

    private Offsets() {}

    static Optional<Long> parseOne(String text) {
        return ONE.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    static Optional<Map<Integer, Long>> parseSeveral(String text) {
        if (!SEVERAL.matcher(text).matches()) {
            return Optional.empty();
        }
        Map<Integer, Long> offsets = new TreeMap<>();
        for (String place : text.split(",")) {
            int colon = place.indexOf(':');
            int partition = Integer.parseInt(place.substring(0, colon));
            if (offsets.put(partition, Long.parseLong(place.substring(colon + 1))) != null) {
                throw new IllegalArgumentException("'" + text + "' names partition " + partition + " twice");
            }
        }
        return Optional.of(offsets);
    }
}
