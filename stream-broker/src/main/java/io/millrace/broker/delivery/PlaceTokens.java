// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import com.google.protobuf.ByteString;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.v1.Place;
import io.millrace.wire.TopicResource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The token of a place: {@code version(1) leader epoch(4) topic uid(n) CRC-32C(4)}. The checksum also covers topic and
 * partition, so a token that was altered or moved to another place is found out; it does not cover the offset, which a
 * client may advance on its own.
 */
final class PlaceTokens {
    private static final byte VERSION = 1;
    private static final int UNKNOWN_EPOCH = -1;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private PlaceTokens() {}

    /** The token of every place in a partition. */
    static ByteString of(TopicInfo topic, int partition) {
        byte[] uid = topic.uid().getBytes(StandardCharsets.UTF_8);
        ByteBuffer token = ByteBuffer.allocate(HEADER_BYTES + uid.length + Integer.BYTES);
        token.put(VERSION).putInt(UNKNOWN_EPOCH).put(uid);
        token.putInt(checksum(token.array(), token.position(), topic.name(), partition));
        return ByteString.copyFrom(token.array());
    }

    /** The topic of a place that is as it was given out. Errors with CURSOR_INVALID for any other. */
    static TopicName topicOf(Place place) {
        TopicName named = TopicResource.parse(place.getTopic());
        if (!isWhole(place.getToken().toByteArray(), named, place.getPartition())
                || place.getPartition() < 0
                || place.getNextOffset() < 0) {
            throw refused(Reason.CURSOR_INVALID, "the place in partition " + place.getPartition() + " was altered");
        }
        return named;
    }

    /** True when a whole place is of this topic and not of an earlier one of the same name. */
    static boolean isOf(Place place, TopicInfo topic) {
        return uid(place).equals(topic.uid());
    }

    /** Checks that a whole place is one in this topic as it is now. Errors with TOPIC_RECREATED or PARTITION_NOT_FOUND. */
    static void check(Place place, TopicInfo topic) {
        if (!isOf(place, topic)) {
            throw new Refusal(
                            Reason.TOPIC_RECREATED,
                            "the cursor is of an earlier topic '" + topic.name() + "'",
                            Map.of("cursor_uid", uid(place), "topic_uid", topic.uid()))
                    .asException();
        }
        if (place.getPartition() >= topic.partitions()) {
            throw Refusal.partitionNotFound(topic.name().value(), place.getPartition())
                    .asException();
        }
    }

    private static String uid(Place place) {
        byte[] token = place.getToken().toByteArray();
        return new String(token, HEADER_BYTES, token.length - HEADER_BYTES - Integer.BYTES, StandardCharsets.UTF_8);
    }

    private static boolean isWhole(byte[] token, TopicName topic, int partition) {
        int checked = token.length - Integer.BYTES;
        return checked >= HEADER_BYTES
                && token[0] == VERSION
                && ByteBuffer.wrap(token).getInt(checked) == checksum(token, checked, topic, partition);
    }

    private static int checksum(byte[] token, int lengthBytes, TopicName topic, int partition) {
        CRC32C crc = new CRC32C();
        crc.update(token, 0, lengthBytes);
        crc.update(topic.value().getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, partition));
        return (int) crc.getValue();
    }

    private static RefusedException refused(Reason reason, String message) {
        return Refusal.of(reason, message).asException();
    }
}
