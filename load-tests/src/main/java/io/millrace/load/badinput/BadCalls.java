// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import io.grpc.Metadata;
import io.millrace.load.seeded.Mutation;
import io.millrace.load.seeded.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The structured inputs of a seed: each is made of the seed, its index and the words of the server alone, so any one can
 * be made again. Immutable.
 */
final class BadCalls {
    private static final double[] WILDNESS = {0, 0, 0.03, 0.1, 0.4, 1};
    private static final int MOST_MESSAGES = 8;
    private static final int LEAST_PATIENCE_MILLIS = 50;
    private static final int MOST_PATIENCE_MILLIS = 300;
    private static final int OVER_THE_LIMIT_BYTES = 2 * 1024 * 1024 + 1;
    private static final int HEADERS_LIMIT_BYTES = 8 * 1024;

    private final long seed;
    private final Words words;
    private final List<Rpc> rpcs = Rpc.all();

    BadCalls(long seed, Words words) {
        this.seed = seed;
        this.words = words;
    }

    BadCall at(long index) {
        SplittableRandom random = Seeds.random(seed, index);
        Rpc rpc = Words.one(rpcs, random);
        boolean headersTooLarge = random.nextInt(2_000) == 0;
        return new BadCall(
                index,
                rpc,
                headers(random, headersTooLarge),
                rpc.takesStream() ? stream(rpc, random) : single(rpc, random),
                random.nextInt(4) != 0 && rpc.takesStream(),
                ending(random),
                random.nextInt(LEAST_PATIENCE_MILLIS, MOST_PATIENCE_MILLIS),
                headersTooLarge);
    }

    private static BadCall.Ending ending(SplittableRandom random) {
        return switch (random.nextInt(20)) {
            case 0 -> BadCall.Ending.CANCEL;
            case 1, 2 -> BadCall.Ending.NOTHING;
            default -> BadCall.Ending.HALF_CLOSE;
        };
    }

    /** The one request; now and then none, or two. */
    private List<byte[]> single(Rpc rpc, SplittableRandom random) {
        MessageMaker maker = maker(random);
        return switch (random.nextInt(50)) {
            case 0 -> List.of();
            case 1 -> List.of(maker.message(rpc.request()), maker.message(rpc.request()));
            default -> List.of(perhapsDamaged(maker.message(rpc.request()), random));
        };
    }

    /** Mostly a right opening, so that what follows meets a stream that is open. */
    private List<byte[]> stream(Rpc rpc, SplittableRandom random) {
        List<byte[]> messages = new ArrayList<>();
        boolean opens = random.nextInt(5) != 0;
        MessageMaker maker = opens ? new MessageMaker(random, words, 0) : maker(random);
        messages.add(opens ? maker.opening(rpc.request()) : perhapsDamaged(maker.message(rpc.request()), random));
        MessageMaker later = random.nextBoolean() ? maker : maker(random);
        int more = random.nextInt(1 + random.nextInt(MOST_MESSAGES));
        for (int i = 0; i < more; i++) {
            messages.add(perhapsDamaged(later.message(rpc.request()), random));
        }
        return messages;
    }

    private MessageMaker maker(SplittableRandom random) {
        return new MessageMaker(random, words, WILDNESS[random.nextInt(WILDNESS.length)]);
    }

    private static byte[] perhapsDamaged(byte[] message, SplittableRandom random) {
        if (random.nextInt(2_000) == 0) {
            return new byte[OVER_THE_LIMIT_BYTES];
        }
        return random.nextInt(3) == 0 ? Mutation.of(message, random) : message;
    }

    private static Metadata headers(SplittableRandom random, boolean tooLarge) {
        Metadata headers = new Metadata();
        if (tooLarge) {
            headers.put(text("x-large"), "v".repeat(HEADERS_LIMIT_BYTES + random.nextInt(HEADERS_LIMIT_BYTES * 4)));
        } else if (random.nextInt(5) == 0) {
            fill(headers, random);
        }
        return headers;
    }

    /** Odd ones that stay within what a server takes. */
    private static void fill(Metadata headers, SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            headers.put(text("x-long"), "v".repeat(random.nextInt(HEADERS_LIMIT_BYTES * 3 / 4)));
            return;
        }
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            switch (random.nextInt(6)) {
                case 0 -> headers.put(text("authorization"), "Bearer " + "e30.".repeat(random.nextInt(20)));
                case 1 -> headers.put(text("grpc-previous-rpc-attempts"), Integer.toString(random.nextInt()));
                case 2 -> headers.put(text("traceparent"), "00-" + Long.toHexString(random.nextLong()));
                case 3 -> headers.put(text("-._" + random.nextInt(9)), " ~!\"#$%&'()");
                case 4 -> headers.put(text("x-" + "k".repeat(random.nextInt(60))), "");
                default -> {
                    byte[] noise = new byte[random.nextInt(100)];
                    random.nextBytes(noise);
                    headers.put(Metadata.Key.of("x-noise-bin", Metadata.BINARY_BYTE_MARSHALLER), noise);
                }
            }
        }
    }

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
