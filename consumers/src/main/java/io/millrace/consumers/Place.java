// SPDX-License-Identifier: Apache-2.0
package io.millrace.consumers;

import com.google.protobuf.ByteString;
import io.millrace.core.topic.TopicPartition;
import io.millrace.wire.TopicResource;

/**
 * Where a reader goes on in one partition.
 *
 * @param partition which
 * @param nextOffset first offset not yet read
 * @param token the server's, opaque
 */
record Place(TopicPartition partition, long nextOffset, ByteString token) {
    /** The place of a message. Errors with TOPIC_NAME_INVALID. */
    static Place of(io.millrace.v1.Place message) {
        return new Place(
                new TopicPartition(TopicResource.parse(message.getTopic()), message.getPartition()),
                message.getNextOffset(),
                message.getToken());
    }

    io.millrace.v1.Place toMessage() {
        return io.millrace.v1.Place.newBuilder()
                .setTopic(TopicResource.format(partition.topic()))
                .setPartition(partition.partition())
                .setNextOffset(nextOffset)
                .setToken(token)
                .build();
    }
}
