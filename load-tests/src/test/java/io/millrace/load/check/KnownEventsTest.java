// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.core.event.Bytes;
import io.millrace.core.event.Event;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class KnownEventsTest {
    private final KnownEvents events = new KnownEvents(7, 50);
    private final long number = KnownEvents.number(3, 123_456);
    private final Event event = events.event(number);
    private final byte[] body = Objects.requireNonNull(event.data()).array();

    @Test
    void anEventThatIsWholeTellsItsNumber() {
        assertThat(events.recognise(event.key(), event.data())).isEqualTo(number);
        assertThat(KnownEvents.producer(number)).isEqualTo(3);
        assertThat(KnownEvents.sequence(number)).isEqualTo(123_456);
    }

    @Test
    void aBitThatIsWrongAnywhereMakesItCorrupt() {
        for (int bit = 0; bit < body.length * 8; bit++) {
            byte[] changed = body.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(events.recognise(event.key(), Bytes.wrap(changed)))
                    .as("bit " + bit)
                    .isEqualTo(KnownEvents.CORRUPT);
        }
    }

    @Test
    void aBodyThatIsTornIsCorrupt() {
        for (int length = 0; length < body.length; length++) {
            assertThat(events.recognise(event.key(), Bytes.wrap(Arrays.copyOf(body, length))))
                    .as(length + " bytes")
                    .isEqualTo(KnownEvents.CORRUPT);
        }
        assertThat(events.recognise(event.key(), Bytes.wrap(Arrays.copyOf(body, body.length + 1))))
                .isEqualTo(KnownEvents.CORRUPT);
    }

    @Test
    void anotherKeyAnotherRunOrNothingAtAllIsCorrupt() {
        assertThat(events.recognise(Bytes.utf8("key-50"), event.data())).isEqualTo(KnownEvents.CORRUPT);
        assertThat(events.recognise(null, event.data())).isEqualTo(KnownEvents.CORRUPT);
        assertThat(events.recognise(event.key(), null)).isEqualTo(KnownEvents.CORRUPT);
        assertThat(new KnownEvents(8, 50).recognise(event.key(), event.data())).isEqualTo(KnownEvents.CORRUPT);
    }

    @Test
    void whatCannotBeNumberedIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> KnownEvents.number(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> KnownEvents.number(1 << 15, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> KnownEvents.number(0, 1L << 48));
    }
}
