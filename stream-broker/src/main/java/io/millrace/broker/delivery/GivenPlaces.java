// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.delivery;

import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.Refusal;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicInfo;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicPartition;
import io.millrace.v1.EndPosition;
import io.millrace.v1.Place;
import io.millrace.v1.Position;
import io.millrace.v1.StartPosition;
import io.millrace.wire.TopicResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The places that a request names, each checked against its topic as it is.
 *
 * <p>A place must be of a topic that is read. Where a pattern has brought the topic in, the topic may have gone since:
 * then the place says nothing; or it may be a later one of the same name: then it counts from its beginning.
 *
 * @param offsets by partition
 * @param recreated partitions whose place is of an earlier topic of the name
 */
record GivenPlaces(Map<TopicPartition, Long> offsets, Set<TopicPartition> recreated) {
    private static final GivenPlaces NONE = new GivenPlaces(Map.of(), Set.of());

    /** True when a start names all the partitions that are to be read. */
    static boolean areAll(StartPosition start) {
        return start.hasOffsets() || start.getPlacesOnly();
    }

    /** Those of a start. */
    static GivenPlaces of(StartPosition start, TopicSelection selection, Map<TopicName, TopicInfo> topics) {
        if (start.getPlacesOnly() && !start.hasCursor()) {
            throw refused(Reason.REQUEST_INVALID, "spec.start.places_only goes with a cursor only");
        }
        if (start.hasCursor()) {
            return places(start.getCursor().getPlacesList(), selection, topics);
        }
        if (start.hasOffsets() && start.getOffsets().getPositionsCount() == 0) {
            throw refused(Reason.REQUEST_INVALID, "spec.start.offsets names no position");
        }
        return start.hasOffsets() ? positions(start.getOffsets().getPositionsList(), selection, topics) : NONE;
    }

    /** Those of an end. */
    static GivenPlaces of(EndPosition end, TopicSelection selection, Map<TopicName, TopicInfo> topics) {
        return end.hasCursor()
                ? places(end.getCursor().getPlacesList(), selection, topics)
                : positions(end.getOffsets().getPositionsList(), selection, topics);
    }

    /** The place of a partition, or {@code otherwise} where none is given. */
    long offset(TopicPartition partition, long otherwise) {
        return offsets.getOrDefault(partition, otherwise);
    }

    private static GivenPlaces places(List<Place> places, TopicSelection selection, Map<TopicName, TopicInfo> topics) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Set<TopicPartition> recreated = new HashSet<>();
        for (Place place : places) {
            TopicName topic = PlaceTokens.topicOf(place);
            TopicInfo info = topics.get(topic);
            if (info == null) {
                requireOneOf(selection, topic);
                continue;
            }
            TopicPartition partition = new TopicPartition(topic, place.getPartition());
            offsets.put(partition, place.getNextOffset());
            if (!selection.named().contains(topic) && !PlaceTokens.isOf(place, info)) {
                recreated.add(partition);
            } else {
                PlaceTokens.check(place, info);
            }
        }
        return new GivenPlaces(offsets, recreated);
    }

    private static void requireOneOf(TopicSelection selection, TopicName topic) {
        if (!selection.contains(topic)) {
            throw refused(
                    Reason.CURSOR_FOREIGN, "the cursor has a place in '" + topic + "', which is not among the topics");
        }
    }

    private static GivenPlaces positions(
            List<Position> positions, TopicSelection selection, Map<TopicName, TopicInfo> topics) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Position position : positions) {
            TopicName topic = topicOf(position, selection);
            TopicInfo info = topics.get(topic);
            if (info == null) {
                continue; // only a pattern had brought it in
            }
            if (position.getPartition() < 0 || position.getPartition() >= info.partitions()) {
                throw Refusal.partitionNotFound(info.name().value(), position.getPartition())
                        .asException();
            }
            TopicPartition partition = new TopicPartition(info.name(), position.getPartition());
            if (offsets.put(partition, position.getOffset()) != null) {
                throw refused(Reason.REQUEST_INVALID, "partition " + partition + " has two positions");
            }
        }
        return new GivenPlaces(offsets, Set.of());
    }

    private static TopicName topicOf(Position position, TopicSelection selection) {
        if (position.getTopic().isEmpty()) {
            return selection
                    .only()
                    .orElseThrow(() ->
                            refused(Reason.REQUEST_INVALID, "a position has to name its topic where several are read"));
        }
        TopicName topic = TopicResource.parse(position.getTopic());
        if (!selection.contains(topic)) {
            throw refused(Reason.REQUEST_INVALID, "the position is of another topic, " + position.getTopic());
        }
        return topic;
    }

    private static RefusedException refused(Reason reason, String message) {
        return Refusal.of(reason, message).asException();
    }
}
