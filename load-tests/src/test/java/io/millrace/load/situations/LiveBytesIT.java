// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.situations;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.millrace.broker.Broker;
import io.millrace.client.MillraceConnection;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import io.millrace.kafka.KafkaEventLog;
import io.millrace.kafka.KafkaLogConfig;
import io.millrace.localkafka.testing.KafkaFixture;
import io.millrace.producers.Producer;
import io.millrace.v1.EventBatch;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscribeResponse;
import io.millrace.v1.SubscriberServiceGrpc;
import io.millrace.v1.TailRequest;
import io.millrace.v1.TailResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** Each event is delivered in the same bytes live, at Kafka's acknowledgement, and in a replay of what Kafka has stored. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LiveBytesIT {
    @RegisterExtension
    static final KafkaFixture KAFKA = KafkaFixture.shared();

    private static final TopicName TOPIC = new TopicName("live-bytes");
    private static final int EVENTS = 5_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final StartPosition LATEST = StartPosition.newBuilder()
            .setLatest(StartPosition.Latest.getDefaultInstance())
            .build();
    private static final StartPosition EARLIEST = StartPosition.newBuilder()
            .setEarliest(StartPosition.Earliest.getDefaultInstance())
            .build();

    /** Tail with its answers as they stand on the wire. */
    private static final MethodDescriptor<TailRequest, byte[]> RAW_TAIL =
            SubscriberServiceGrpc.getTailMethod().toBuilder(
                            SubscriberServiceGrpc.getTailMethod().getRequestMarshaller(), new Raw())
                    .build();

    @Test
    void liveBytesEqualReplayedBytesEventByEvent() throws IOException {
        KafkaLogConfig config = KafkaLogConfig.of(KAFKA.bootstrapServers());
        try (KafkaEventLog log = KafkaEventLog.connect(config);
                Broker live = Broker.builder().log(log).port(0).start();
                KafkaEventLog elsewhere = KafkaEventLog.connect(config);
                Broker replaying = Broker.builder().log(elsewhere).port(0).start()) {
            log.topics().create(TopicSpec.of(TOPIC), false).block(PATIENCE);
            try (Tailing following = new Tailing(live, LATEST)) {
                following.awaitCaughtUp();
                publish(live);
                try (Tailing afterwards = new Tailing(replaying, EARLIEST)) {
                    assertThat(following.events(EVENTS)).isEqualTo(afterwards.events(EVENTS));
                }
            }
        }
    }

    private static void publish(Broker broker) {
        SplittableRandom random = new SplittableRandom(11);
        try (MillraceConnection connection = MillraceConnection.to("127.0.0.1:" + broker.port());
                Producer producer = Producer.to(connection, TOPIC.value())) {
            producer.publishAll(Flux.range(0, EVENTS).map(number -> event(number, random)))
                    .blockLast(PATIENCE);
        }
    }

    /** Half of them have headers that a reader takes for attributes, and more extensions than one. */
    private static Event event(int number, SplittableRandom random) {
        Map<String, String> extensions = new HashMap<>();
        List<Header> headers = new ArrayList<>();
        while (random.nextInt(2) == 0) {
            extensions.put("ext" + random.nextInt(100), "ä" + number);
            headers.add(Header.of(random.nextBoolean() ? "ce_subject" : "own", "x"));
            headers.add(new Header("content-type", null));
        }
        return Event.builder()
                .id(random.nextBoolean() ? "id-" + number : "")
                .type(random.nextBoolean() ? "𝄞" : "plain")
                .time(random.nextBoolean() ? Instant.ofEpochSecond(number, random.nextInt(1_000_000_000)) : null)
                .key(random.nextBoolean() ? "" : "k" + number)
                .data(random.nextInt(10) == 0 ? "" : "d" + number)
                .extensions(extensions)
                .headers(headers)
                .build();
    }

    /** A stream of Tail, read as it comes. */
    private static final class Tailing implements AutoCloseable {
        private final ManagedChannel channel;
        private final Iterator<byte[]> frames;
        private final List<String> events = new ArrayList<>();

        Tailing(Broker broker, StartPosition start) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", broker.port())
                    .usePlaintext()
                    .build();
            TailRequest request = TailRequest.newBuilder()
                    .setSpec(ReadSpec.newBuilder().addTopics(TOPIC.value()).setStart(start))
                    .build();
            frames = ClientCalls.blockingServerStreamingCall(channel, RAW_TAIL, CallOptions.DEFAULT, request);
        }

        void awaitCaughtUp() throws IOException {
            boolean caughtUp = false;
            while (!caughtUp) {
                caughtUp = TailResponse.parseFrom(frames.next()).getResponse().hasCaughtUp();
            }
        }

        List<String> events(int count) throws IOException {
            while (events.size() < count) {
                read(
                        CodedInputStream.newInstance(frames.next()),
                        List.of(
                                TailResponse.RESPONSE_FIELD_NUMBER,
                                SubscribeResponse.BATCH_FIELD_NUMBER,
                                EventBatch.EVENTS_FIELD_NUMBER));
            }
            return events;
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }

        /** Goes down the path of fields, and takes what stands at its end. */
        private void read(CodedInputStream in, List<Integer> path) throws IOException {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) != path.get(0)) {
                    in.skipField(tag);
                    continue;
                }
                byte[] field = in.readByteArray();
                if (path.size() > 1) {
                    read(CodedInputStream.newInstance(field), path.subList(1, path.size()));
                } else {
                    events.add(HexFormat.of().formatHex(field));
                }
            }
        }
    }

    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
