// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.millrace.broker.frame.EventFramer;
import io.millrace.core.event.Event;
import io.millrace.core.log.StoredEvent;
import io.millrace.core.refusal.RefusedException;
import io.millrace.kafka.record.EventRecord;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Any record is an event, which goes out in a frame; and where that event may be published, it is read from its own record
 * as {@link EventRecord#asRead} says.
 */
public final class RecordTarget {
    private static final String TOPIC = "records";
    private static final int MOST_HEADERS = 12;
    private static final int MOST_BYTES = 200;

    /** Those that mean something, so that the fuzzer need not find their names. */
    private static final List<String> NAMES = List.of(
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_time",
            "ce_subject",
            "ce_dataschema",
            "ce_partitionkey",
            "ce_tenant",
            "ce_",
            "content-type",
            "millrace-crc32c",
            "traceparent");

    private RecordTarget() {}

    /** The input is chopped into key, value and headers. */
    public static void fuzzerTestOneInput(FuzzedDataProvider input) {
        StoredEvent stored =
                EventRecord.stored(record(input.consumeLong(), bytes(input), bytes(input), headers(input)));
        new EventFramer().frame(stored);
        ProducerRecord<byte[], byte[]> published;
        try {
            published = EventRecord.of(TOPIC, stored.event());
        } catch (RefusedException mayNotBePublished) {
            return;
        }
        Event again = EventRecord.stored(record(0, published.key(), published.value(), published.headers()))
                .event();
        if (!again.equals(EventRecord.asRead(stored.event()))) {
            throw new IllegalStateException(stored.event() + " is read again as " + again);
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(
            long timestamp, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                TOPIC, 0, 7, timestamp, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
    }

    private static byte @Nullable [] bytes(FuzzedDataProvider input) {
        return input.consumeBoolean() ? input.consumeBytes(MOST_BYTES) : null;
    }

    private static Headers headers(FuzzedDataProvider input) {
        RecordHeaders headers = new RecordHeaders();
        int count = input.consumeInt(0, MOST_HEADERS);
        for (int i = 0; i < count; i++) {
            String name = input.consumeBoolean() ? input.pickValue(NAMES) : input.consumeString(MOST_BYTES);
            headers.add(name, bytes(input));
        }
        return headers;
    }
}
