// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.http2;

import io.millrace.load.seeded.Mutation;
import io.millrace.load.seeded.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** The scripts of a seed: each is made of the seed and its index alone. Immutable. */
public final class RawScripts {
    private static final int MOST_SETTINGS = 3_000;
    private static final int MOST_PINGS = 12_000;
    private static final int MOST_RESETS = 500;
    private static final int MOST_EMPTY_FRAMES = 2_000;
    private static final int MOST_CONTINUATIONS = 300;
    private static final int LARGEST_FRAME_BYTES = 16 * 1024;

    private final long seed;
    private final List<String> paths;

    /**
     * @param paths what may be called, such as {@code /package.Service/Method}
     */
    public RawScripts(long seed, List<String> paths) {
        this.seed = seed;
        this.paths = List.copyOf(paths);
    }

    /** One of them. */
    public RawScript at(long index) {
        SplittableRandom random = Seeds.random(seed, -1 - index);
        RawScript.Kind[] kinds = RawScript.Kind.values();
        RawScript.Kind kind = kinds[random.nextInt(kinds.length)];
        byte[] bytes = new Making(random).bytes(kind);
        boolean slow = kind == RawScript.Kind.SLOW_BYTES;
        return new RawScript(
                kind,
                slow ? singly(bytes, random) : pieces(bytes, random),
                slow ? random.nextInt(2) : 0,
                random.nextInt(4) != 0);
    }

    /** In up to three chunks, so that a frame may come in two reads. */
    private static List<byte[]> pieces(byte[] bytes, SplittableRandom random) {
        int first = random.nextInt(bytes.length + 1);
        int second = first + random.nextInt(bytes.length - first + 1);
        return List.of(
                Arrays.copyOf(bytes, first),
                Arrays.copyOfRange(bytes, first, second),
                Arrays.copyOfRange(bytes, second, bytes.length));
    }

    /** The last few dozen bytes one by one. */
    private static List<byte[]> singly(byte[] bytes, SplittableRandom random) {
        int from = Math.max(0, bytes.length - 1 - random.nextInt(60));
        List<byte[]> chunks = new ArrayList<>();
        chunks.add(Arrays.copyOf(bytes, from));
        for (int i = from; i < bytes.length; i++) {
            chunks.add(new byte[] {bytes[i]});
        }
        return chunks;
    }

    /** Makes one. */
    private final class Making {
        private final SplittableRandom random;
        private int stream = -1;

        Making(SplittableRandom random) {
            this.random = random;
        }

        byte[] bytes(RawScript.Kind kind) {
            Frames frames = Frames.connection();
            switch (kind) {
                case TRUNCATED_FRAME -> {
                    byte[] whole = conversation(frames).toBytes();
                    return Arrays.copyOf(whole, random.nextInt(whole.length));
                }
                case WRONG_LENGTH -> wrongLength(frames);
                case UNKNOWN_TYPE ->
                    some(
                            frames,
                            20,
                            f -> f.frame(10 + random.nextInt(246), random.nextInt(256), random.nextInt(9), noise(40)));
                case WRONG_STREAM_ID -> wrongStreamId(frames);
                case CONTINUATION_FLOOD -> continuations(frames);
                case RAPID_RESET -> resets(frames);
                case SETTINGS_FLOOD -> some(frames, MOST_SETTINGS, this::settings);
                case PING_FLOOD ->
                    some(
                            frames,
                            MOST_PINGS,
                            f -> f.frame(Frames.PING, random.nextInt(20) == 0 ? Frames.ACK : 0, 0, new byte[8]));
                case EMPTY_DATA_FLOOD ->
                    some(frames.call(1, path(), 0), MOST_EMPTY_FRAMES, f -> f.frame(Frames.DATA, 0, 1, new byte[0]));
                case PRIORITY_FLOOD ->
                    some(
                            frames,
                            MOST_EMPTY_FRAMES,
                            f -> f.frame(Frames.PRIORITY, 0, 1 + 2 * random.nextInt(1 << 20), priority()));
                case HUGE_HEADERS -> hugeHeaders(frames);
                case WRONG_PREFACE -> {
                    return random.nextBoolean() ? noise(200) : Mutation.of(frames.toBytes(), random);
                }
                case HPACK_GARBAGE ->
                    some(
                            frames,
                            5,
                            f -> f.frame(Frames.HEADERS, Frames.END_HEADERS, 1 + 2 * random.nextInt(9), noise(300)));
                case WINDOW_OVERFLOW ->
                    some(
                            frames.call(1, path(), 0),
                            6,
                            f -> f.frame(Frames.WINDOW_UPDATE, 0, random.nextInt(2), Frames.number(increment())));
                case DATA_ON_CLOSED_STREAM -> closed(frames);
                case SLOW_BYTES -> conversation(frames);
                case WRONG_MESSAGE_PREFIX ->
                    frames.call(1, path(), 0).frame(Frames.DATA, random.nextInt(2), 1, wrongPrefix());
                case WRONG_CALL_HEADERS ->
                    frames.frame(Frames.HEADERS, Frames.END_HEADERS | random.nextInt(2), 1, wrongCallHeaders())
                            .message(1, Frames.END_STREAM, noise(9));
                case NO_WINDOW -> some(frames.frame(Frames.SETTINGS, 0, 0, setting(4, 0)), 40, this::nextCall);
                case DAMAGED -> {
                    return Mutation.of(conversation(frames).toBytes(), random);
                }
                case NOISE -> frames.raw(noise(2_000));
            }
            return frames.toBytes();
        }

        /** A few calls as they should be. */
        private Frames conversation(Frames frames) {
            frames.frame(Frames.SETTINGS, Frames.ACK, 0, new byte[0]);
            return some(frames, 4, this::nextCall);
        }

        private Frames nextCall(Frames frames) {
            stream += 2;
            return frames.call(stream, path(), 0).message(stream, Frames.END_STREAM, noise(30));
        }

        private void wrongLength(Frames frames) {
            int type = random.nextInt(10);
            byte[] payload = noise(30);
            int said = random.nextInt(3) == 0 ? random.nextInt(1 << 24) : payload.length;
            frames.call(1, path(), 0).frame(said, type, random.nextInt(64), random.nextInt(2), payload);
        }

        private void wrongStreamId(Frames frames) {
            some(frames, 8, f -> {
                int id = switch (random.nextInt(5)) {
                    case 0 -> 0;
                    case 1 -> 2 * random.nextInt(100);
                    case 2 -> Integer.MAX_VALUE;
                    case 3 -> -1;
                    default -> 1 + 2 * random.nextInt(3);
                };
                return random.nextBoolean()
                        ? f.call(id, path(), random.nextInt(2))
                        : f.frame(random.nextInt(10), random.nextInt(64), id, noise(12));
            });
        }

        private void continuations(Frames frames) {
            frames.frame(Frames.HEADERS, 0, 1, Frames.callHeaders(path()));
            byte[] more = random.nextBoolean()
                    ? new byte[0]
                    : Frames.headers("x-" + random.nextInt(99), "v".repeat(random.nextInt(500)));
            some(frames, MOST_CONTINUATIONS, f -> f.frame(Frames.CONTINUATION, 0, 1, more));
        }

        private void resets(Frames frames) {
            String path = path();
            some(frames, MOST_RESETS, f -> {
                stream += 2;
                return f.call(stream, path, random.nextInt(2))
                        .frame(Frames.RST_STREAM, 0, stream, Frames.number(random.nextInt(14)));
            });
        }

        private Frames settings(Frames frames) {
            return frames.frame(
                    Frames.SETTINGS,
                    random.nextInt(50) == 0 ? Frames.ACK : 0,
                    0,
                    random.nextInt(4) == 0
                            ? new byte[0]
                            : setting(
                                    random.nextInt(9),
                                    random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(100_000)));
        }

        private void hugeHeaders(Frames frames) {
            byte[] block = Frames.headers("x-large", "v".repeat(8_000 + random.nextInt(60_000)));
            frames.frame(Frames.HEADERS, 0, 1, Frames.callHeaders(path()));
            for (int at = 0; at < block.length; at += LARGEST_FRAME_BYTES) {
                int to = Math.min(block.length, at + LARGEST_FRAME_BYTES);
                frames.frame(
                        Frames.CONTINUATION,
                        to == block.length ? Frames.END_HEADERS : 0,
                        1,
                        Arrays.copyOfRange(block, at, to));
            }
        }

        private void closed(Frames frames) {
            frames.call(1, path(), 0).message(1, Frames.END_STREAM, noise(20));
            some(frames, 10, f -> switch (random.nextInt(4)) {
                case 0 -> f.frame(Frames.RST_STREAM, 0, 1, Frames.number(8));
                case 1 -> f.frame(Frames.WINDOW_UPDATE, 0, 1, Frames.number(1));
                case 2 -> f.call(1, path(), 0);
                default -> f.message(1, random.nextInt(2), noise(20));
            });
        }

        private byte[] wrongPrefix() {
            byte[] message = noise(40);
            return switch (random.nextInt(5)) {
                case 0 -> Frames.prefixed(1, message.length, message);
                case 1 -> Frames.prefixed(random.nextInt(256), message.length, message);
                case 2 -> Frames.prefixed(0, random.nextInt(), message);
                case 3 -> Frames.prefixed(0, Integer.MAX_VALUE, message);
                default -> Arrays.copyOf(message, Math.min(message.length, 4));
            };
        }

        private byte[] wrongCallHeaders() {
            return switch (random.nextInt(12)) {
                case 0 ->
                    Frames.headers(
                            ":method", "GET", ":scheme", "http", ":path", path(), "content-type", "application/grpc");
                case 1 ->
                    Frames.headers(":method", "POST", ":scheme", "http", ":path", path(), "content-type", "text/html");
                case 2 -> Frames.headers(":method", "POST", ":scheme", "http", ":path", path());
                case 3 -> Frames.headers(":method", "POST", ":scheme", "http", "content-type", "application/grpc");
                case 4 -> with("grpc-timeout", random.nextBoolean() ? "soon" : "-1S");
                case 5 -> with("grpc-timeout", random.nextBoolean() ? "99999999H" : "0n");
                case 6 -> with("grpc-encoding", "zip");
                case 7 -> with("X-Upper", "case");
                case 8 -> with("noise-bin", "=?\u00e4\u0001");
                case 9 -> with("connection", "close");
                case 10 -> with(":late", "pseudo");
                default -> Frames.callHeaders("no path \0 at all");
            };
        }

        private byte[] with(String name, String value) {
            byte[] right = Frames.callHeaders(path());
            byte[] more = Frames.headers(name, value);
            byte[] both = Arrays.copyOf(right, right.length + more.length);
            System.arraycopy(more, 0, both, right.length, more.length);
            return both;
        }

        private byte[] setting(int id, int value) {
            byte[] setting = new byte[6];
            setting[1] = (byte) id;
            System.arraycopy(Frames.number(value), 0, setting, 2, Integer.BYTES);
            return setting;
        }

        private int increment() {
            return random.nextInt(3) == 0 ? 0 : Integer.MAX_VALUE - random.nextInt(3);
        }

        private byte[] priority() {
            byte[] priority = new byte[5];
            random.nextBytes(priority);
            return priority;
        }

        private Frames some(Frames frames, int most, UnaryOperator<Frames> more) {
            int times = 1 + random.nextInt(most);
            Frames written = frames;
            for (int i = 0; i < times; i++) {
                written = more.apply(written);
            }
            return written;
        }

        private String path() {
            return paths.get(random.nextInt(paths.size()));
        }

        private byte[] noise(int mostBytes) {
            byte[] noise = new byte[random.nextInt(mostBytes)];
            random.nextBytes(noise);
            return noise;
        }
    }
}
