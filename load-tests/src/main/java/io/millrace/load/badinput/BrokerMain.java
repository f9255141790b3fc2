// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.millrace.broker.Broker;
import io.millrace.core.event.Event;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import io.millrace.core.topic.TopicName;
import io.millrace.core.topic.TopicSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/**
 * A broker over the memory log in a process of its own, driven by lines on standard input: {@code topics} makes what is
 * missing of {@link Words#TOPICS} and deletes what bad input has made, {@code state} tells heap and streams and faults, {@code collect} collects garbage
 * before, {@code fault N} tells one in words. It answers each with a line, {@code port N} at the start, and ends when its
 * input does.
 */
public final class BrokerMain {
    static final String PORT = "port";
    static final String TOPICS = "topics";
    static final String STATE = "state";
    static final String COLLECT = "collect";
    static final String FAULT = "fault";

    private static final int PARTITIONS = 2;
    private static final int EVENTS = 30;

    private BrokerMain() {}

    /** Serves until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        Faults faults = new Faults();
        faults.watch();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (EventLog log = MemoryEventLog.create();
                Broker broker = Broker.builder().log(log).port(0).start()) {
            makeTopics(log);
            answers.println(PORT + " " + broker.port());
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                answers.println(answer(line, log, broker, faults));
            }
        }
        System.exit(0);
    }

    private static String answer(String line, EventLog log, Broker broker, Faults faults) {
        if (line.equals(TOPICS)) {
            deleteOthers(log);
            makeTopics(log);
            return TOPICS;
        }
        if (line.startsWith(FAULT)) {
            List<String> examples = faults.examples();
            int number = Integer.parseInt(line, FAULT.length() + 1, line.length(), 10);
            return number < examples.size() ? examples.get(number) : "";
        }
        if (line.equals(COLLECT)) {
            System.gc();
        }
        return STATE + " "
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " " + broker.streams() + " "
                + faults.count() + " " + broker.ledger().usedBytes();
    }

    static void makeTopics(EventLog log) {
        Words.TOPICS.forEach(name -> makeTopic(log, new TopicName(name)));
    }

    private static void deleteOthers(EventLog log) {
        Set<String> kept = new HashSet<>(Words.TOPICS);
        kept.addAll(Words.PASSING);
        kept.add(GoodClient.TOPIC.value());
        log.topics()
                .list(true)
                .flatMapIterable(topics -> topics)
                .filter(topic -> !kept.contains(topic.value()))
                .concatMap(
                        topic -> log.topics().delete(topic).onErrorComplete(RefusedException.class)) // gone meanwhile
                .blockLast();
    }

    private static void makeTopic(EventLog log, TopicName topic) {
        log.topics()
                .create(new TopicSpec(topic, PARTITIONS, 0, Map.of()), false)
                .then(log.append(
                        topic,
                        IntStream.range(0, EVENTS).mapToObj(BrokerMain::event).toList()))
                .then()
                .onErrorResume(
                        RefusedException.class,
                        refused ->
                                refused.refusal().reason() == Reason.TOPIC_EXISTS ? Mono.empty() : Mono.error(refused))
                .block();
    }

    private static Event event(int number) {
        return Event.builder()
                .id("e" + number)
                .source("/load-tests/bad-input")
                .type("type")
                .key("k" + number)
                .data(Integer.toString(number))
                .build();
    }
}
