// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka.session;

import io.millrace.core.log.AppendResult;
import io.millrace.core.log.PublisherHistory;
import io.millrace.core.log.PublisherHistory.Run;
import io.millrace.core.refusal.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PublisherHistory} as the value of a Kafka record. Integers are unsigned LEB128, seven bits a byte, the lowest
 * first:
 *
 * <pre>
 * version  one byte, 1
 * last     the last sequence
 * count    of runs, oldest first; they follow each other without a hole and end with the last sequence
 * runs     events, partition + 1, first offset        where stored
 *          events, 0, name of the reason as Java's modified UTF-8      where refused
 * </pre>
 */
final class HistoryCodec {
    private static final byte VERSION = 1;

    private HistoryCodec() {}

    static byte[] encode(PublisherHistory history) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(history.lastSequence(), out);
            List<Run> runs = history.runs();
            write(runs.size(), out);
            for (Run run : runs) {
                encode(run, out);
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private static void encode(Run run, DataOutputStream out) throws IOException {
        write(run.count(), out);
        Reason refused = run.refused();
        if (refused == null) {
            write(run.partition() + 1L, out);
            write(run.firstOffset(), out);
        } else {
            write(0, out);
            out.writeUTF(refused.name());
        }
    }

    /** Throws {@link IllegalArgumentException} for bytes that are no history, or one of a later version. */
    static PublisherHistory decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("a history of version " + version);
            }
            long last = read(in);
            long count = read(in);
            if (last < 0 || count < 0 || count > PublisherHistory.MAX_EVENTS) {
                throw new IllegalArgumentException("a history of " + count + " runs up to " + last);
            }
            return PublisherHistory.of(last, runs(in, (int) count, last));
        } catch (IOException e) {
            throw new IllegalArgumentException("a history that ends too soon", e);
        }
    }

    private static List<Run> runs(DataInputStream in, int count, long last) throws IOException {
        List<Run> runs = new ArrayList<>(count);
        long next = 1;
        for (int i = 0; i < count; i++) {
            int events = (int) read(in);
            int partition = (int) read(in) - 1;
            @Nullable Reason refused = partition < 0 ? Reason.valueOf(in.readUTF()) : null;
            long offset = refused == null ? read(in) : AppendResult.NOT_STORED;
            runs.add(new Run(next, events, partition, offset, refused));
            next += events;
        }
        long shift = last + 1 - next;
        return runs.stream()
                .map(run -> new Run(
                        run.firstSequence() + shift, run.count(), run.partition(), run.firstOffset(), run.refused()))
                .toList();
    }

    private static void write(long value, DataOutputStream out) throws IOException {
        long rest = value;
        for (; rest >>> 7 != 0; rest >>>= 7) {
            out.writeByte((int) (rest & 0x7f | 0x80));
        }
        out.writeByte((int) rest);
    }

    private static long read(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("an integer of more than ten bytes");
    }
}
