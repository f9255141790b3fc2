// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.grpc.Metadata;
import io.millrace.broker.Broker;
import io.millrace.core.log.EventLog;
import io.millrace.core.memory.MemoryEventLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Calls whose bytes somebody else chooses, one after the other, to a broker in this process. The first byte says the
 * method; then come the requests, each behind two bytes of its length.
 */
public final class FuzzedCalls {
    private static final long SEED = 1;
    private static final int SEEDS = 400;
    private static final int LARGEST_SEED_BYTES = 2_000;
    private static final int PATIENCE_MILLIS = 15;
    private static final int LENGTH_BYTES = 2;

    private static final List<Rpc> RPCS = Rpc.all();

    private final Answers answers = new Answers();
    private final Faults faults;
    private final Caller caller;

    private FuzzedCalls(Faults faults, int port) {
        this.faults = faults;
        this.caller = new Caller(port, answers);
    }

    /** Starts a broker on a log in memory, which lives as long as the process. */
    public static FuzzedCalls start() throws IOException {
        Faults faults = new Faults();
        faults.watch();
        EventLog log = MemoryEventLog.create();
        BrokerMain.makeTopics(log);
        Broker broker = Broker.builder().log(log).port(0).start();
        return new FuzzedCalls(faults, broker.port());
    }

    /** Makes the call and waits for its end. Throws {@link IllegalStateException} when something is not as documented. */
    public void call(byte[] input) throws InterruptedException {
        if (input.length == 0) {
            return;
        }
        Rpc rpc = RPCS.get(Byte.toUnsignedInt(input[0]) % RPCS.size());
        caller.call(new BadCall(
                0, rpc, new Metadata(), messages(input), false, BadCall.Ending.HALF_CLOSE, PATIENCE_MILLIS, false));
        caller.awaitAll();
        if (answers.undocumented() > 0) {
            throw new IllegalStateException(String.join("; ", answers.examples()));
        }
        if (faults.count() > 0) {
            throw new IllegalStateException(String.join("; ", faults.examples()));
        }
    }

    /** Calls of every method, from right to wrong. */
    public static List<byte[]> seeds() {
        BadCalls calls = new BadCalls(SEED, Words.NONE);
        return LongStream.range(0, SEEDS)
                .mapToObj(calls::at)
                .filter(call -> !call.ownConnection())
                .map(FuzzedCalls::input)
                .filter(input -> input.length <= LARGEST_SEED_BYTES)
                .toList();
    }

    private static byte[] input(BadCall call) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.write(RPCS.stream().map(Rpc::name).toList().indexOf(call.rpc().name()));
        for (byte[] message : call.messages()) {
            input.write(message.length >> Byte.SIZE);
            input.write(message.length);
            input.writeBytes(message);
        }
        return input.toByteArray();
    }

    private static List<byte[]> messages(byte[] input) {
        List<byte[]> messages = new ArrayList<>();
        int at = 1;
        while (at + LENGTH_BYTES <= input.length) {
            int length = Byte.toUnsignedInt(input[at]) << Byte.SIZE | Byte.toUnsignedInt(input[at + 1]);
            at += LENGTH_BYTES;
            int end = Math.min(input.length, at + length);
            messages.add(Arrays.copyOfRange(input, at, end));
            at = end;
        }
        return messages;
    }
}
