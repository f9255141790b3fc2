// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.consumers.Consumer;
import io.millrace.consumers.ReceivedEvent;
import io.millrace.consumers.Signal;
import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Millrace publishes kcat reads, and what kcat produces Millrace delivers. */
class KcatIT {
    @RegisterExtension
    static final MillraceOnKafka millrace = new MillraceOnKafka();

    private static int ran;
    private Kcat kcat;

    @BeforeAll
    static void needsKcat() {
        LeftOut.unless(Kcat.isInstalled(), "kcat", "apt-get install kcat");
    }

    @BeforeEach
    void takeKcat() {
        kcat = new Kcat(millrace.bootstrapServers());
    }

    @AfterEach
    void count() {
        ran++;
    }

    @AfterAll
    static void tellWhatRan() {
        LeftOut.ran("kcat", ran);
    }

    @Test
    void kcatReadsAnEventWithItsKeyItsAttributesAndItsHeaders() {
        millrace.publish(List.of(EveryKindOfEvent.ORDER));

        Kcat.Shown shown = kcat.read(millrace.topic()).get(0);

        assertThat(shown.key()).isEqualTo("ada");
        assertThat(shown.data()).isEqualTo("{\"item\":\"tea\"}");
        assertThat(shown.headers().split(","))
                .contains(
                        "ce_specversion=1.0",
                        "ce_id=order-1",
                        "ce_source=/shop",
                        "ce_type=order.placed",
                        "ce_subject=tea",
                        "ce_time=2001-01-01T00:00:00Z",
                        "content-type=application/json",
                        "ce_region=eu",
                        "trace=t-1");
    }

    @Test
    void kcatSeesEmptyNullAndBinaryKeysAndTombstonesAsTheyWerePublished() {
        millrace.publish(List.of(
                EveryKindOfEvent.WITHOUT_KEY,
                EveryKindOfEvent.EMPTY,
                EveryKindOfEvent.OF_BINARY,
                EveryKindOfEvent.TOMBSTONE));

        List<Kcat.Shown> shown = kcat.read(millrace.topic());

        String binary = latin1(EveryKindOfEvent.BINARY);
        assertThat(shown).extracting(Kcat.Shown::keyLength).containsExactly(-1, 0, 5, 4);
        assertThat(shown).extracting(Kcat.Shown::dataLength).containsExactly(1, 0, 5, -1);
        assertThat(shown.get(2).key()).isEqualTo(binary);
        assertThat(shown.get(2).data()).isEqualTo(binary);
    }

    @Test
    void kcatSeesRepeatedAndBinaryHeadersInTheirOrder() {
        millrace.publish(List.of(EveryKindOfEvent.WITH_HEADERS));

        String headers = kcat.read(millrace.topic()).get(0).headers();

        // kcat prints headers as C strings: of the one with a NUL it shows nothing
        assertThat(headers)
                .contains("with-nul=,again=1,bytes=" + latin1(EveryKindOfEvent.NOT_TEXT)
                        + ",again=2,empty=,nothing=NULL,millrace-crc32c=");
    }

    @Test
    void millraceDeliversWhatKcatProducedLiveAndReplaysTheSame() {
        CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        CompletableFuture<List<Event>> live = Consumer.on(millrace.connection())
                .subscribe(millrace.topic())
                .onSignal(signal -> {
                    if (signal instanceof Signal.CaughtUp) {
                        caughtUp.complete(null);
                    }
                })
                .events()
                .map(ReceivedEvent::event)
                .take(5)
                .collectList()
                .toFuture();
        await("the live subscriber").atMost(MillraceOnKafka.PATIENCE).until(caughtUp::isDone);

        produceEveryKind();

        List<Event> expected = List.of(
                Event.builder()
                        .key("ada")
                        .data("tea")
                        .headers(List.of(
                                header("again", "1"),
                                new Header("bytes", EveryKindOfEvent.NOT_TEXT),
                                header("again", "2"),
                                header("empty", ""),
                                new Header("nothing", null)))
                        .build(),
                Event.builder().data("without a key").build(),
                Event.builder()
                        .key(Bytes.wrap(new byte[] {0, (byte) 0xff, (byte) 0xc3, 0x28}))
                        .data(Bytes.wrap(new byte[] {(byte) 0x80, 0}))
                        .build(),
                Event.builder().key("gone").build(),
                Event.builder()
                        .id("k-1")
                        .source("/kcat")
                        .type("order.placed")
                        .extensions(java.util.Map.of("region", "eu"))
                        .key("eve")
                        .data("an event of CloudEvents")
                        .build());
        assertThat(live).succeedsWithin(MillraceOnKafka.PATIENCE).isEqualTo(expected);
        assertThat(millrace.replayed()).isEqualTo(expected);
    }

    private void produceEveryKind() {
        String topic = millrace.topic();
        kcat.produce(
                topic, utf8("ada:tea"), "-K: -H again=1 -H bytes=$'\\xff\\xc3\\x28' -H again=2 -H empty= -H nothing");
        kcat.produce(topic, utf8("without a key"), "");
        kcat.produce(topic, new byte[] {0, (byte) 0xff, (byte) 0xc3, 0x28, ':', (byte) 0x80, 0}, "-K:");
        kcat.produce(topic, utf8("gone:"), "-K: -Z");
        kcat.produce(
                topic,
                utf8("eve:an event of CloudEvents"),
                "-K: -H ce_specversion=1.0 -H ce_id=k-1 -H ce_source=/kcat -H ce_type=order.placed -H ce_region=eu");
    }

    private static Header header(String name, String value) {
        return new Header(name, Bytes.utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String latin1(Bytes bytes) {
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }
}
