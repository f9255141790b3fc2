// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.option;

import io.millrace.consumers.SlowConsumer;
import io.millrace.core.event.Header;
import io.millrace.core.topic.TopicName;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the values of options and parameters are read; a value that cannot be meant ends with exit code 2. */
public final class Converters {
    private Converters() {}

    /** Teaches them to a command line and its sub-commands. */
    public static void register(CommandLine commandLine) {
        commandLine
                .registerConverter(Duration.class, checked(Durations::parse))
                .registerConverter(TopicName.class, checked(TopicName::new))
                .registerConverter(TopicArgument.class, checked(TopicArgument::parse))
                .registerConverter(Header.class, checked(Converters::header))
                .registerConverter(StartArgument.class, checked(StartArgument::parse))
                .registerConverter(EndArgument.class, checked(EndArgument::parse))
                .registerConverter(SlowConsumer.class, checked(Converters::slowConsumer))
                .registerConverter(Speed.class, checked(Speed::parse));
    }

    private static <T> ITypeConverter<T> checked(Function<String, T> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        };
    }

    private static SlowConsumer slowConsumer(String text) {
        return Arrays.stream(SlowConsumer.values())
                .filter(policy -> policy.name().replace('_', '-').equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is no policy; write catch-up, conflate, skip or disconnect"));
    }

    private static Header header(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("'" + text + "' is no header; write name=value");
        }
        return Header.of(text.substring(0, equals), text.substring(equals + 1));
    }
}
