// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.stage;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Something that a client is told to do with a topic of one partition. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "work")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Work.Publish.class, name = "publish"),
    @JsonSubTypes.Type(value = Work.Requests.class, name = "requests"),
    @JsonSubTypes.Type(value = Work.Replay.class, name = "replay"),
    @JsonSubTypes.Type(value = Work.Live.class, name = "live")
})
public sealed interface Work {
    /** Where. */
    String topic();

    /**
     * Publish as fast as it goes, until all is acknowledged. One event more goes before, so that nothing is measured of
     * how a stream opens.
     *
     * @param events how many are measured, to an empty topic
     * @param dataBytes bytes of data of each
     * @param named under a name, so that each is stored once; Millrace only
     * @param oneByOne each is published when the one before is acknowledged; Millrace only
     */
    record Publish(String topic, int events, int dataBytes, boolean named, boolean oneByOne) implements Work {
        /** As programs do it that want speed. */
        public Publish(String topic, int events, int dataBytes) {
            this(topic, events, dataBytes, false, false);
        }
    }

    /**
     * Publish in single requests, until all are answered. One more goes before. Millrace only.
     *
     * @param requests how many are measured, to an empty topic
     * @param eventsPerRequest how many events each has
     * @param dataBytes bytes of data of each event
     * @param underWay how many requests wait for their answer at a time
     * @param atomic whether each request is stored all or nothing
     */
    record Requests(String topic, int requests, int eventsPerRequest, int dataBytes, int underWay, boolean atomic)
            implements Work {}

    /**
     * Read from the beginning, every event made an object and compared with what was published.
     *
     * @param events how many are in the topic
     * @param dataBytes bytes of data of each
     * @param readers how many read all of them at the same time
     */
    record Replay(String topic, int events, int dataBytes, int readers) implements Work {}

    /**
     * Publish at a pace and receive what is published, many times over.
     *
     * @param from offset of the next event of the topic
     * @param subscribers how many receive every event
     * @param eventsPerSecond the pace
     * @param runUpMillis time before anything counts
     * @param windowMillis time that counts
     */
    record Live(String topic, long from, int subscribers, int eventsPerSecond, int runUpMillis, int windowMillis)
            implements Work {
        long events() {
            return (long) eventsPerSecond * (runUpMillis + windowMillis) / 1000;
        }

        long uncountedEvents() {
            return (long) eventsPerSecond * runUpMillis / 1000;
        }
    }
}
