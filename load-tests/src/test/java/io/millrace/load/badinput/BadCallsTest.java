// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.v1.PublishStreamRequest;
import io.millrace.v1.SubscribeRequest;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BadCallsTest {
    private static final int MANY = 4_000;

    private final BadCalls calls = new BadCalls(7, Words.NONE);

    @Test
    void theSameSeedAndIndexMakeTheSameCall() {
        BadCalls again = new BadCalls(7, Words.NONE);

        for (long index = 0; index < 300; index++) {
            assertThat(again.at(index).shown()).isEqualTo(calls.at(index).shown());
        }
    }

    @Test
    void anotherSeedMakesOthers() {
        Set<String> shown = shown(calls);
        Set<String> others = shown(new BadCalls(8, Words.NONE));

        assertThat(shown).hasSizeGreaterThan(150);
        assertThat(others.stream().filter(shown::contains)).hasSizeLessThan(40);
    }

    @Test
    void everyMethodIsCalled() {
        Set<String> called = LongStream.range(0, MANY)
                .mapToObj(index -> calls.at(index).rpc().name())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(called)
                .containsAll(Rpc.all().stream().map(Rpc::name).toList())
                .contains("millrace.v1.PublisherService/PublishStream", "millrace.v1.TopicService/DeleteTopic");
    }

    @Test
    void manyStreamsBeginAsTheyShould() {
        long opened = LongStream.range(0, MANY)
                .mapToObj(calls::at)
                .filter(BadCallsTest::isOpened)
                .count();

        assertThat(opened).isGreaterThan(MANY / 20);
    }

    @Test
    void someMessagesCanBeReadAndOthersNot() {
        long readable = LongStream.range(0, MANY)
                .mapToObj(calls::at)
                .filter(call -> call.rpc().name().endsWith("/Read"))
                .filter(call -> call.messages().size() == 1)
                .filter(call -> isReadable(call.messages().get(0)))
                .count();
        long all = LongStream.range(0, MANY)
                .filter(index -> calls.at(index).rpc().name().endsWith("/Read"))
                .count();

        assertThat(readable).isBetween(all / 4, all - all / 10);
    }

    private static Set<String> shown(BadCalls calls) {
        return LongStream.range(0, 200)
                .mapToObj(index -> calls.at(index).shown())
                .collect(Collectors.toSet());
    }

    private static boolean isOpened(BadCall call) {
        try {
            return switch (call.rpc().request().getName()) {
                case "PublishStreamRequest" ->
                    PublishStreamRequest.parseFrom(call.messages().get(0)).hasOpen();
                case "SubscribeRequest" ->
                    SubscribeRequest.parseFrom(call.messages().get(0)).hasOpen();
                default -> false;
            };
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static boolean isReadable(byte[] message) {
        try {
            io.millrace.v1.ReadRequest.parseFrom(message);
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }
}
