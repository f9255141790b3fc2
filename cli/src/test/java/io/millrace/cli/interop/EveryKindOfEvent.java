// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import io.millrace.core.event.Header;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Events in which nothing is left out that a record can be. */
final class EveryKindOfEvent {
    static final Bytes BINARY = Bytes.wrap(new byte[] {0, (byte) 0xff, (byte) 0xc3, 0x28, '\n'});
    static final Bytes NOT_TEXT = Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xc3, 0x28});
    static final Event ORDER = Event.builder()
            .id("order-1")
            .source("/shop")
            .type("order.placed")
            .subject("tea")
            .time(Instant.parse("2001-01-01T00:00:00Z"))
            .dataContentType("application/json")
            .extensions(Map.of("region", "eu"))
            .key("ada")
            .data("{\"item\":\"tea\"}")
            .headers(List.of(new Header("trace", Bytes.utf8("t-1"))))
            .build();
    static final Event WITHOUT_KEY = named("no-key").data("a").build();
    static final Event EMPTY = named("empty").key(Bytes.EMPTY).data(Bytes.EMPTY).build();
    static final Event OF_BINARY = named("binary").key(BINARY).data(BINARY).build();
    static final Event TOMBSTONE = named("tombstone").key("gone").build();
    static final Event WITH_HEADERS = named("headers")
            .key("k")
            .data("v")
            .headers(List.of(
                    new Header("with-nul", BINARY),
                    new Header("again", Bytes.utf8("1")),
                    new Header("bytes", NOT_TEXT),
                    new Header("again", Bytes.utf8("2")),
                    new Header("empty", Bytes.EMPTY),
                    new Header("nothing", null)))
            .build();

    private EveryKindOfEvent() {}

    /** All of them, in this order. */
    static List<Event> list() {
        return List.of(ORDER, WITHOUT_KEY, EMPTY, OF_BINARY, TOMBSTONE, WITH_HEADERS);
    }

    private static Event.Builder named(String id) {
        return Event.builder().id(id).source("/tests").type("millrace.test");
    }
}
