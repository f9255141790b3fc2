// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandingTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 300})
    void everyMoveIsInTheCursorAlsoWhenItIsAskedForLater(int partitions) {
        SplittableRandom random = new SplittableRandom(partitions);
        Cursor expected = Cursor.empty();
        for (int p = 0; p < partitions; p++) {
            expected = expected.with(place(p, 0));
        }
        Standing standing = Standing.at(expected);
        List<Standing> standings = new ArrayList<>();
        List<Cursor> cursors = new ArrayList<>();
        for (int move = 1; move < 1_000; move++) {
            Place place = place(random.nextInt(partitions + 1), move);
            expected = expected.with(place);
            standing = standing.moved(place);
            standings.add(standing);
            cursors.add(expected);
        }
        assertThat(standings).extracting(Standing::cursor).isEqualTo(cursors);
    }

    private static Place place(int partition, long nextOffset) {
        return new Place(
                new TopicPartition(new TopicName("t" + partition % 13), partition),
                nextOffset,
                ByteString.copyFromUtf8("t"));
    }
}
