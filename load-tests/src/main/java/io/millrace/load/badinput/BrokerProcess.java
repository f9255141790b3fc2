// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.load.process.ChildJvm;
import io.millrace.load.process.ServeOptions;
import io.millrace.v1.Place;
import io.millrace.v1.ReadRequest;
import io.millrace.v1.ReadResponse;
import io.millrace.v1.ReadSpec;
import io.millrace.v1.StartPosition;
import io.millrace.v1.SubscriberServiceGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The broker that is to bear it, in a JVM of its own with the options of {@code serve} and a small heap. Owned by one thread. */
final class BrokerProcess implements AutoCloseable {
    /** Its heap. */
    static final int HEAP_MIB = 256;

    private final ChildJvm process;
    private final int port;

    private BrokerProcess(ChildJvm process) {
        this.process = process;
        this.port = Integer.parseInt(answer(process.hear(), BrokerMain.PORT).get(0));
    }

    /** Starts it; returns when it serves. */
    static BrokerProcess start() throws IOException {
        List<String> options = new ArrayList<>(ServeOptions.all());
        options.add("-Xmx" + HEAP_MIB + "m"); // the last one counts
        options.add("-XX:+ExitOnOutOfMemoryError");
        options.add("-Dio.netty.leakDetection.level=simple"); // a buffer that is lost is logged as an error
        ChildJvm process = ChildJvm.start(options, BrokerMain.class);
        try {
            return new BrokerProcess(process);
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** Makes the topics that bad input has deleted. */
    void makeTopics() {
        process.ask(BrokerMain.TOPICS);
    }

    /** How it is. */
    State state() {
        return state(BrokerMain.STATE);
    }

    /** The same once garbage was collected. */
    State stateWithoutGarbage() {
        return state(BrokerMain.COLLECT);
    }

    /** The first faults in words. */
    List<String> faults(long count) {
        return IntStream.range(0, (int) Math.min(count, Integer.MAX_VALUE))
                .mapToObj(number -> process.ask(BrokerMain.FAULT + " " + number))
                .takeWhile(fault -> !fault.isEmpty())
                .toList();
    }

    /** Places and page tokens as it gives them out. */
    Words words() {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            SubscriberServiceGrpc.SubscriberServiceBlockingStub reader = SubscriberServiceGrpc.newBlockingStub(channel);
            List<byte[]> places = new ArrayList<>();
            List<String> tokens = new ArrayList<>();
            for (int pageSize = 1; pageSize <= 20; pageSize++) {
                ReadResponse page = reader.read(request(pageSize));
                page.getCursor().getPlacesList().stream()
                        .map(Place::toByteArray)
                        .forEach(places::add);
                tokens.add(page.getNextPageToken());
            }
            return new Words(places, tokens);
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        process.close();
    }

    private State state(String question) {
        List<String> figures = answer(process.ask(question), BrokerMain.STATE);
        return new State(
                Long.parseLong(figures.get(0)),
                Integer.parseInt(figures.get(1)),
                Long.parseLong(figures.get(2)),
                Long.parseLong(figures.get(3)),
                process.usage().residentBytes());
    }

    private static ReadRequest request(int pageSize) {
        return ReadRequest.newBuilder()
                .setPageSize(pageSize)
                .setSpec(ReadSpec.newBuilder()
                        .addAllTopics(Words.TOPICS)
                        .setStart(StartPosition.newBuilder().setEarliest(StartPosition.Earliest.getDefaultInstance())))
                .build();
    }

    private static List<String> answer(String line, String name) {
        List<String> words = List.of(line.split(" "));
        if (!words.get(0).equals(name)) {
            throw new IllegalStateException("the broker answered '" + line + "' where its " + name + " was expected");
        }
        return words.subList(1, words.size());
    }

    /**
     * How a broker is.
     *
     * @param heapBytes heap in use
     * @param streams open streams
     * @param faults what went wrong in it so far
     * @param ledgerBytes payload on its account
     * @param residentBytes memory of the process
     */
    record State(long heapBytes, int streams, long faults, long ledgerBytes, long residentBytes) {}
}
