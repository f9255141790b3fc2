// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.log.PublisherHistory;
import io.millrace.core.refusal.Reason;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HistoryCodecTest {
    @Test
    void aHistoryComesBackAsItWas() {
        PublisherHistory history = PublisherHistory.none();
        for (int i = 0; i < 1_000; i++) {
            history.stored(i % 3, 1L << (i % 60));
        }
        history.refused(Reason.EVENT_TOO_LARGE);
        history.stored(7, 3);
        history.stored(7, 4);
        history.forgetThrough(200);

        PublisherHistory back = HistoryCodec.decode(HistoryCodec.encode(history));

        assertThat(back.lastSequence()).isEqualTo(1_003);
        assertThat(back.runs()).isEqualTo(history.runs());
    }

    @Test
    void aHistoryWithoutPlacesComesBackAsItWas() {
        PublisherHistory history = PublisherHistory.none();
        history.stored(0, 0);
        history.forgetThrough(1);

        PublisherHistory back = HistoryCodec.decode(HistoryCodec.encode(history));

        assertThat(back.lastSequence()).isEqualTo(1);
        assertThat(back.runs()).isEmpty();
    }

    @Test
    void aThousandEventsInARowAreAFewBytes() {
        PublisherHistory history = PublisherHistory.none();
        for (int i = 0; i < 1_000; i++) {
            history.stored(0, 1_000_000 + i);
        }

        assertThat(HistoryCodec.encode(history)).hasSizeLessThan(16);
    }

    @Test
    void bytesThatAreNoHistoryAreRefused() {
        byte[] bytes = HistoryCodec.encode(PublisherHistory.none());
        byte[] later = bytes.clone();
        later[0] = 2;

        assertThatThrownBy(() -> HistoryCodec.decode(later)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HistoryCodec.decode(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HistoryCodec.decode(Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
