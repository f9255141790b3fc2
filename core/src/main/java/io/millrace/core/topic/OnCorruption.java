// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.topic;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import java.util.Locale;
import java.util.Map;

/**
 * What becomes of an event whose checksum is wrong: the topic setting {@value #SETTING}. It is chosen when a topic is
 * made and cannot change.
 */
public enum OnCorruption {
    /** It is delivered with a flag, the default: programs that copy records may rightly keep the header of the sum. */
    FLAG,
    /** It is withheld, and readers are told of a gap. */
    STRICT;

    /** Name of the setting. */
    public static final String SETTING = "millrace.integrity";

    /** As the settings of a topic say. Errors with TOPIC_CONFIG_INVALID where the value is neither. */
    public static OnCorruption of(Map<String, String> config) {
        String value = config.getOrDefault(SETTING, FLAG.value());
        for (OnCorruption choice : values()) {
            if (choice.value().equals(value)) {
                return choice;
            }
        }
        throw Refusal.of(
                        Reason.TOPIC_CONFIG_INVALID,
                        "setting " + SETTING + " cannot be '" + value + "'; it is 'flag' or 'strict'")
                .asException();
    }

    /** Refuses a change of the setting, with TOPIC_CONFIG_INVALID; what leaves it as it is may pass. */
    public static void requireUnchanged(Map<String, String> config, TopicUpdate update) {
        String now = config.get(SETTING);
        String set = update.set().get(SETTING);
        boolean goesAway = now != null && update.reset().contains(SETTING);
        if (goesAway || (set != null && !set.equals(now))) {
            throw Refusal.of(
                            Reason.TOPIC_CONFIG_INVALID,
                            "setting " + SETTING + " is chosen when a topic is made; it cannot change")
                    .asException();
        }
    }

    /** As the setting has it. */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }
}
