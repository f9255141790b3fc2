// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.log.PartitionBounds;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.record.EventRecord;
import io.millrace.localkafka.LocalKafka;
import io.millrace.localkafka.LocalKafkaConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.SenderRecord;

/**
 * reactor-kafka beside Kafka's own clients, with the properties that a {@link KafkaEventLog} gives them, on a durable
 * node: 100-byte events, one partition, one publisher with a closed window, both sides in turns within one JVM after a
 * warm-up. What is compared is the client alone: records are made from events on both sides, and nothing else is done.
 *
 * <p>Run {@code main} from an IDE, or with the test class path of this module: {@code mvn -pl bridge-kafka -am
 * test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath} and then {@code java -cp
 * target/test-classes:target/classes:$(cat target/classpath) io.millrace.kafka.ReactorKafkaComparison [pairs [durable]]}. It takes
 * about four minutes and prints a line a window and the medians; decision 0003 has the figures of one machine.
 */
final class ReactorKafkaComparison {
    private static final int PAYLOAD_BYTES = 100;
    private static final int WINDOW_EVENTS = 65_536;
    private static final int APPEND_EVENTS = 256;
    private static final int HISTORY_EVENTS = 500_000;
    private static final Duration WARM_UP = Duration.ofSeconds(9);
    private static final Duration WINDOW = Duration.ofMillis(1_500);
    private static final int[] LINGERS_MILLIS = {0, 1, 5};
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicName TOPIC = new TopicName("comparison");
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC.value(), 0);

    private final KafkaLogConfig config;
    private final int pairs;
    private final List<Event> events = events();

    private ReactorKafkaComparison(String bootstrapServers, int pairs) {
        this.config = KafkaLogConfig.of(bootstrapServers);
        this.pairs = pairs;
    }

    public static void main(String[] args) throws Exception {
        int pairs = args.length == 0 ? 7 : Integer.parseInt(args[0]);
        boolean durable = args.length < 2 || Boolean.parseBoolean(args[1]);
        Path directory = Files.createTempDirectory("comparison");
        try (LocalKafka node = LocalKafka.start(LocalKafkaConfig.in(directory).withDurable(durable))) {
            new ReactorKafkaComparison(node.bootstrapServers(), pairs).run();
        } finally {
            delete(directory);
        }
    }

    private void run() throws Exception {
        try (KafkaEventLog log = KafkaEventLog.connect(config)) {
            log.topics().create(TopicSpec.of(TOPIC), false).block(PATIENCE);
            compareAppends();
            compareLinger();
            requireHistory(log);
        }
        compareCatchUp();
    }

    // ---- appends

    private void compareAppends() throws Exception {
        Map<String, Object> properties = new ClientProperties(config).producer();
        KafkaSender<byte[], byte[]> sender = sender(properties);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            Append reactive = done -> appendReactive(sender, done);
            Append plain = done -> appendPlain(producer, done);
            compare("append", () -> publish(reactive), () -> publish(plain));
        } finally {
            sender.close();
        }
    }

    /** One append of {@link #APPEND_EVENTS}; the callback runs once, when Kafka has answered for every event. */
    private interface Append {
        void start(Runnable done);
    }

    /** As {@code KafkaEventLog} does it: one send of the sender for an append. */
    private void appendReactive(KafkaSender<byte[], byte[]> sender, Runnable done) {
        sender.send(Flux.range(0, APPEND_EVENTS)
                        .map(i -> SenderRecord.create(EventRecord.of(TOPIC.value(), events.get(i)), i)))
                .subscribe(result -> {}, ReactorKafkaComparison::fail, done);
    }

    private void appendPlain(KafkaProducer<byte[], byte[]> producer, Runnable done) {
        Countdown countdown = new Countdown(done);
        for (Event event : events) {
            producer.send(EventRecord.of(TOPIC.value(), event), (metadata, error) -> {
                if (error != null) {
                    fail(error);
                }
                countdown.one();
            });
        }
    }

    /** Answers come on one thread, the network thread. */
    private static final class Countdown {
        private final Runnable done;
        private int left = APPEND_EVENTS;

        Countdown(Runnable done) {
            this.done = done;
        }

        void one() {
            if (--left == 0) {
                done.run();
            }
        }
    }

    private static KafkaSender<byte[], byte[]> sender(Map<String, Object> properties) {
        SenderOptions<byte[], byte[]> options = SenderOptions.<byte[], byte[]>create(properties)
                .maxInFlight(Integer.MAX_VALUE)
                .scheduler(Schedulers.immediate())
                .stopOnError(false);
        return KafkaSender.create(options);
    }

    /** Events that Kafka has answered for within a window of time, the window of events being full all the while. */
    private static Rate publish(Append append) throws InterruptedException {
        Semaphore window = new Semaphore(WINDOW_EVENTS);
        Meter meter = Meter.start();
        long started = 0;
        while (meter.elapsedNanos() < WINDOW.toNanos()) {
            window.acquire(APPEND_EVENTS);
            append.start(() -> window.release(APPEND_EVENTS));
            started += APPEND_EVENTS;
        }
        window.acquire(WINDOW_EVENTS);
        return meter.stop(started);
    }

    // ---- linger

    /** The whole log, once for each linger, in an order that turns from round to round. */
    private void compareLinger() throws Exception {
        List<KafkaEventLog> logs = new ArrayList<>();
        List<List<Rate>> rates = new ArrayList<>();
        try {
            for (int linger : LINGERS_MILLIS) {
                logs.add(KafkaEventLog.connect(config.withLinger(Duration.ofMillis(linger))));
                rates.add(new ArrayList<>());
            }
            for (int turn = 0; turn < (pairs + 1) * logs.size(); turn++) {
                int round = turn / logs.size();
                int which = (turn + round) % logs.size();
                Rate rate = publish(done -> append(logs.get(which), done));
                if (round > 0) {
                    rates.get(which).add(rate);
                }
            }
        } finally {
            logs.forEach(KafkaEventLog::close);
        }
        for (int i = 0; i < LINGERS_MILLIS.length; i++) {
            print(
                    "linger %d ms: median %.0f/s, %.2f of the last one's %s",
                    LINGERS_MILLIS[i],
                    median(perSecond(rates.get(i))),
                    medianRatio(rates.get(i), rates.get(LINGERS_MILLIS.length - 1)),
                    rates.get(i));
        }
    }

    private static List<Double> perSecond(List<Rate> rates) {
        return rates.stream().map(Rate::perSecond).toList();
    }

    private static double medianRatio(List<Rate> rates, List<Rate> others) {
        return median(IntStream.range(0, rates.size())
                .mapToObj(i -> rates.get(i).perSecond() / others.get(i).perSecond())
                .toList());
    }

    private void append(KafkaEventLog log, Runnable done) {
        log.append(TOPIC, events).subscribe(result -> {}, ReactorKafkaComparison::fail, done);
    }

    // ---- catch-up

    /** What the appends before have written. */
    private static void requireHistory(KafkaEventLog log) {
        PartitionBounds bounds =
                log.bounds(new io.millrace.core.topic.TopicPartition(TOPIC, 0)).block(PATIENCE);
        if (bounds == null || bounds.end() < HISTORY_EVENTS) {
            throw new IllegalStateException("too little to read: " + bounds);
        }
    }

    private void compareCatchUp() throws Exception {
        Map<String, Object> properties = new ClientProperties(config).reader();
        compare(
                "catch-up",
                () -> readOverAndOver(() -> readReactive(properties)),
                () -> readOverAndOver(() -> readPlain(properties)));
    }

    private static Rate readOverAndOver(LongSupplier reading) {
        Meter meter = Meter.start();
        long count = 0;
        while (meter.elapsedNanos() < WINDOW.toNanos()) {
            count += reading.getAsLong();
        }
        return meter.stop(count);
    }

    private static long readReactive(Map<String, Object> properties) {
        ReceiverOptions<byte[], byte[]> options = ReceiverOptions.<byte[], byte[]>create(properties)
                .assignment(Set.of(PARTITION))
                .addAssignListener(assigned -> assigned.forEach(partition -> partition.seek(0)))
                .commitInterval(Duration.ZERO)
                .commitBatchSize(0)
                .schedulerSupplier(Schedulers::immediate);
        Long count = KafkaReceiver.create(options)
                .receiveBatch()
                .concatMap(batch -> batch.map(EventRecord::stored).count())
                .scan(Long::sum)
                .filter(sum -> sum >= HISTORY_EVENTS)
                .next()
                .block(PATIENCE);
        return count == null ? 0 : count;
    }

    private static long readPlain(Map<String, Object> properties) {
        long count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            consumer.assign(Set.of(PARTITION));
            consumer.seek(PARTITION, 0);
            while (count < HISTORY_EVENTS) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(PATIENCE);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    EventRecord.stored(record);
                    count++;
                }
            }
        }
        return count;
    }

    // ---- in turns

    private interface Side {
        Rate run() throws Exception;
    }

    private void compare(String what, Side reactive, Side plain) throws Exception {
        long warmUntilNanos = System.nanoTime() + WARM_UP.toNanos();
        while (System.nanoTime() < warmUntilNanos) {
            reactive.run();
            plain.run();
        }
        List<Double> speed = new ArrayList<>();
        List<Double> cpu = new ArrayList<>();
        for (int pair = 0; pair < pairs; pair++) {
            Rate a = reactive.run();
            Rate b = plain.run();
            speed.add(a.perSecond() / b.perSecond());
            cpu.add(a.cpuNanosPerEvent() / b.cpuNanosPerEvent());
            print("%s: reactor-kafka %s, plain %s", what, a, b);
        }
        print(
                "%s: reactor-kafka to plain, medians of %d: speed %.2f %s, CPU %.2f",
                what, pairs, median(speed), speed, median(cpu));
    }

    /** Events over time, and the CPU time of this JVM alone; the node is another one. */
    private record Rate(long events, long nanos, long cpuNanos) {
        double perSecond() {
            return events * 1e9 / nanos;
        }

        double cpuNanosPerEvent() {
            return (double) cpuNanos / events;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.0f/s %.0f ns", perSecond(), cpuNanosPerEvent());
        }
    }

    private record Meter(long startNanos, long startCpuNanos) {
        static Meter start() {
            return new Meter(System.nanoTime(), cpuNanos());
        }

        long elapsedNanos() {
            return System.nanoTime() - startNanos;
        }

        Rate stop(long events) {
            return new Rate(events, elapsedNanos(), cpuNanos() - startCpuNanos);
        }

        private static long cpuNanos() {
            return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                    .getProcessCpuTime();
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static List<Event> events() {
        SplittableRandom random = new SplittableRandom(1);
        return IntStream.range(0, APPEND_EVENTS)
                .mapToObj(i -> {
                    byte[] payload = new byte[PAYLOAD_BYTES];
                    random.nextBytes(payload);
                    return Event.of(Bytes.wrap(payload));
                })
                .toList();
    }

    private static void fail(Throwable error) {
        error.printStackTrace(); // no figure of a run with errors may be believed
        Runtime.getRuntime().halt(1);
    }

    private static void print(String format, @Nullable Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
