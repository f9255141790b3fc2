// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.micro;

import io.millrace.core.log.StoredEvent;
import io.millrace.kafka.record.EventRecord;
import io.millrace.load.sample.SampleEvents;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the checksum of an event costs: making its record, and an event of its record with the sum and without. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class IntegrityBenchmark {
    private static final String TOPIC = "orders.placed";
    private static final String SUM = "millrace-crc32c";

    /** Bytes of data of each event. */
    @Param({"100", "1000", "10000"})
    public int dataBytes;

    private SampleEvents samples = new SampleEvents();
    private List<ConsumerRecord<byte[], byte[]>> summed = List.of();
    private List<ConsumerRecord<byte[], byte[]>> bare = List.of();
    private int next;

    /** Makes the records. */
    @Setup
    public void makeRecords() {
        samples = new SampleEvents(dataBytes);
        summed = samples.different().stream()
                .map(event -> record(EventRecord.of(TOPIC, event)))
                .toList();
        bare = summed.stream().map(IntegrityBenchmark::withoutSum).toList();
    }

    /** The record of an event, with its sum. */
    @Benchmark
    public ProducerRecord<byte[], byte[]> write() {
        return EventRecord.of(TOPIC, samples.at(next++ & 1023));
    }

    /** The event of a record, held against its sum. */
    @Benchmark
    public StoredEvent readChecked() {
        return EventRecord.stored(summed.get(next++ & 1023));
    }

    /** The event of a record that has no sum. */
    @Benchmark
    public StoredEvent readUnchecked() {
        return EventRecord.stored(bare.get(next++ & 1023));
    }

    private static ConsumerRecord<byte[], byte[]> record(ProducerRecord<byte[], byte[]> sent) {
        return record(sent.key(), sent.value(), sent.headers());
    }

    private static ConsumerRecord<byte[], byte[]> withoutSum(ConsumerRecord<byte[], byte[]> record) {
        Headers headers = new RecordHeaders(record.headers());
        headers.remove(SUM);
        return record(record.key(), record.value(), headers);
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value, Headers headers) {
        return new ConsumerRecord<>(
                TOPIC,
                0,
                7,
                1_767_225_600_123L,
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value.length,
                key,
                value,
                headers,
                Optional.empty());
    }
}
