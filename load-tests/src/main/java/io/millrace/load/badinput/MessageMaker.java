// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.WireFormat;
import io.millrace.load.seeded.Mutation;
import io.millrace.v1.Place;
import io.millrace.v1.ReadSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Makes the requests of one call, of nothing but their descriptors: from what a client might send to what none would.
 *
 * <p>A share of the fields is wild: extreme numbers, texts that are long or no UTF-8, several fields of a oneof, other
 * wire types, unknown fields, thousands of elements; mostly some 2 KiB in all, now and then 128. The others have values by which a request gets somewhere. Messages
 * have bytes, not objects, so that they may be what no library would write.
 */
final class MessageMaker {
    private static final int MOST_DEPTH = 8;
    private static final int MOST_ELEMENTS = 5_000;
    private static final int LONG_TEXT_CHARS = 40_000;
    private static final int MOST_BYTES = 128 * 1024;
    private static final int USUAL_BYTES = 2 * 1024;
    private static final int MOST_FIELD_NUMBER = (1 << 29) - 1;

    private static final Set<String> ALWAYS = Set.of(
            "topic",
            "topics",
            "name",
            "spec",
            "entries",
            "event",
            "events",
            "update_mask",
            "paths",
            "first_sequence",
            "token");
    private static final Set<String> RARELY = Set.of(
            "atomic",
            "producer",
            "producer_id",
            "headers_only",
            "snapshot",
            "stored_cursor",
            "deliver_at",
            "time_to_live",
            "reverse",
            "bearer_token",
            "validate_only",
            "uid",
            "places_only",
            "replication_factor",
            "conflate_interval",
            "filter");
    private static final List<Long> EXTREMES = List.of(
            0L,
            1L,
            -1L,
            (long) Integer.MAX_VALUE,
            (long) Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            1L << 32,
            Long.MAX_VALUE - 1);
    private static final List<Long> SECONDS =
            List.of(0L, 60L, 1_700_000_000L, 1_800_000_000L, 253_402_300_799L, -62_135_596_800L);
    private static final List<String> EXTREME_TEXTS = List.of(
            "",
            "\0",
            ".",
            "..",
            "*",
            ">",
            "a.>",
            "x".repeat(249),
            "x".repeat(250),
            "namespaces/x/topics/y",
            "namespaces/default/topics/",
            "../../etc/passwd",
            "orders\n",
            "🙂",
            "\uFEFForders",
            "__consumer_offsets",
            "-0",
            "9223372036854775808",
            "%s%n",
            "orders..eu");
    private static final List<byte[]> NO_UTF8 = List.of(
            new byte[] {(byte) 0xFF},
            new byte[] {(byte) 0xC0, (byte) 0x80},
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {'a', (byte) 0xE2, (byte) 0x82});

    private final SplittableRandom random;
    private final Words words;
    private final double wildness;
    private long nextSequence = 1;
    private int leftBytes;

    /**
     * @param wildness share of the fields that are wild, 0 to 1
     */
    MessageMaker(SplittableRandom random, Words words, double wildness) {
        this.random = random;
        this.words = words;
        this.wildness = wildness;
    }

    /** A message of this type, more or less. */
    byte[] message(Descriptor type) {
        leftBytes = length();
        return bytes(out -> write(out, type, "", 0));
    }

    /** The same; where the type has a frame {@code open}, it is that one. */
    byte[] opening(Descriptor type) {
        leftBytes = length();
        return bytes(out -> write(out, type, "open", 0));
    }

    /** About how long a message may become. */
    private int length() {
        return random.nextInt(50) == 0 ? MOST_BYTES : USUAL_BYTES;
    }

    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writing.to(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void write(CodedOutputStream out, Descriptor type, String preferred, int depth) throws IOException {
        if (type.equals(Place.getDescriptor()) && random.nextInt(8) != 0) {
            out.writeRawBytes(place());
            return;
        }
        Set<FieldDescriptor> chosen = chosen(type, preferred);
        for (FieldDescriptor field : type.getFields()) {
            if (isWild() && random.nextInt(6) == 0) {
                writeForeign(out, field.getNumber());
            }
            boolean isSet = field.getRealContainingOneof() == null ? isSet(field) : chosen.contains(field);
            if (isSet || (isWild() && random.nextInt(3) == 0)) {
                writeElements(out, field, depth);
            }
        }
    }

    /** One field of each oneof. */
    private Set<FieldDescriptor> chosen(Descriptor type, String preferred) {
        Set<FieldDescriptor> chosen = new HashSet<>();
        for (OneofDescriptor oneof : type.getRealOneofs()) {
            FieldDescriptor field = Words.one(oneof.getFields(), random);
            if (RARELY.contains(field.getName())) {
                field = Words.one(oneof.getFields(), random);
            }
            for (FieldDescriptor other : oneof.getFields()) {
                if (other.getName().equals(preferred)) {
                    field = other;
                }
            }
            if (random.nextInt(20) != 0 || !preferred.isEmpty()) {
                chosen.add(field);
            }
        }
        return chosen;
    }

    private boolean isSet(FieldDescriptor field) {
        double share = ALWAYS.contains(field.getName()) ? 0.95 : RARELY.contains(field.getName()) ? 0.08 : 0.4;
        return random.nextDouble() < share;
    }

    private void writeElements(CodedOutputStream out, FieldDescriptor field, int depth) throws IOException {
        int elements = field.isRepeated() ? elements(depth) : isWild() && random.nextInt(8) == 0 ? 2 : 1;
        for (int i = 0; i < elements && leftBytes > 0; i++) {
            leftBytes--;
            if (isWild()) {
                writeWild(out, field, depth);
            } else {
                writeTame(out, field, depth);
            }
        }
        if (field.getName().equals("events") && field.isRepeated()) {
            nextSequence += elements;
        }
    }

    private int elements(int depth) {
        boolean many = depth < 3 && isWild() && random.nextInt(16) == 0;
        return many ? random.nextInt(MOST_ELEMENTS) : 1 + random.nextInt(3);
    }

    // ---- values that get somewhere

    private void writeTame(CodedOutputStream out, FieldDescriptor field, int depth) throws IOException {
        switch (field.getJavaType()) {
            case INT, LONG -> writeNumber(out, field, tameNumber(field.getName()));
            case BOOLEAN -> writeNumber(out, field, random.nextInt(2));
            case ENUM -> {
                EnumValueDescriptor value = Words.one(field.getEnumType().getValues(), random);
                writeNumber(out, field, value.getNumber());
            }
            case STRING -> out.writeByteArray(field.getNumber(), tameText(field).getBytes(StandardCharsets.UTF_8));
            case BYTE_STRING -> out.writeByteArray(field.getNumber(), noise(random.nextInt(64)));
            case MESSAGE -> writeMessage(out, field, depth);
            case FLOAT, DOUBLE -> writeNumber(out, field, 0);
        }
    }

    private long tameNumber(String field) {
        return switch (field) {
            case "first_sequence" -> nextSequence;
            case "seconds" -> Words.one(SECONDS, random);
            case "nanos" -> random.nextInt(1_000_000_000);
            case "partition", "replication_factor" -> random.nextInt(2);
            case "bytes" -> random.nextInt(1_000_000);
            default -> random.nextInt(30);
        };
    }

    private String tameText(FieldDescriptor field) {
        if (field.getName().equals("page_token") && random.nextInt(3) == 0) {
            byte[] rest = bytes(out -> write(out, ReadSpec.getDescriptor(), "", 0));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(random.nextBoolean() ? rest : Mutation.of(rest, random));
        }
        return words.text(field.getContainingType().getName(), field.getName(), random);
    }

    private void writeMessage(CodedOutputStream out, FieldDescriptor field, int depth) throws IOException {
        byte[] inner = depth >= MOST_DEPTH
                ? new byte[0]
                : bytes(inside -> write(inside, field.getMessageType(), "", depth + 1));
        out.writeByteArray(field.getNumber(), inner);
    }

    /** One as it was given out, one altered, or one that nobody gave out and whose checksum is right all the same. */
    private byte[] place() {
        if (words.places().isEmpty() || random.nextInt(3) == 0) {
            return forgedPlace();
        }
        byte[] given = Words.one(words.places(), random);
        return random.nextInt(4) == 0 ? Mutation.of(given, random) : given;
    }

    private byte[] forgedPlace() {
        String topic = words.text("Place", "topic", random);
        int partition = isWild() ? (int) (long) Words.one(EXTREMES, random) : random.nextInt(3);
        byte[] checked = noise(5 + random.nextInt(40));
        checked[0] = 1;
        CRC32C crc = new CRC32C();
        crc.update(checked);
        crc.update(topic.replace("namespaces/default/topics/", "").getBytes(StandardCharsets.UTF_8));
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, partition));
        byte[] token = ByteBuffer.allocate(checked.length + Integer.BYTES)
                .put(checked)
                .putInt((int) crc.getValue())
                .array();
        return Place.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setNextOffset(isWild() ? Words.one(EXTREMES, random) : random.nextInt(30))
                .setToken(com.google.protobuf.ByteString.copyFrom(token))
                .build()
                .toByteArray();
    }

    // ---- values that no client sends

    private void writeWild(CodedOutputStream out, FieldDescriptor field, int depth) throws IOException {
        if (random.nextInt(8) == 0) {
            writeForeign(out, field.getNumber());
            return;
        }
        switch (field.getJavaType()) {
            case STRING, BYTE_STRING -> out.writeByteArray(field.getNumber(), wildText());
            case MESSAGE -> {
                if (random.nextInt(4) == 0) {
                    out.writeByteArray(field.getNumber(), noise(random.nextInt(40)));
                } else {
                    writeMessage(out, field, depth);
                }
            }
            default -> writeNumber(out, field, wildNumber());
        }
    }

    private long wildNumber() {
        return random.nextInt(4) == 0 ? random.nextLong() : Words.one(EXTREMES, random);
    }

    private byte[] wildText() {
        byte[] text = extremeText();
        leftBytes -= text.length;
        return text;
    }

    private byte[] extremeText() {
        return switch (random.nextInt(5)) {
            case 0 -> Words.one(NO_UTF8, random);
            case 1 -> noise(random.nextInt(300));
            case 2 -> longText();
            default -> Words.one(EXTREME_TEXTS, random).getBytes(StandardCharsets.UTF_8);
        };
    }

    private byte[] longText() {
        String letter = Words.one(List.of("x", ".", "(", "語", "🙂", "\0", "a."), random);
        return letter.repeat(random.nextInt(LONG_TEXT_CHARS >> random.nextInt(8)))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Something under this number, or another, that is not of the field's type. */
    private void writeForeign(CodedOutputStream out, int number) throws IOException {
        int other = random.nextInt(3) == 0 ? 1 + random.nextInt(MOST_FIELD_NUMBER) : number;
        switch (random.nextInt(5)) {
            case 0 -> out.writeUInt64(other, wildNumber());
            case 1 -> out.writeFixed32(other, random.nextInt());
            case 2 -> out.writeFixed64(other, random.nextLong());
            case 3 -> out.writeByteArray(other, noise(random.nextInt(60)));
            default -> writeGroups(out, other);
        }
    }

    /** Groups within groups, as deep as a reader bears or deeper. */
    private void writeGroups(CodedOutputStream out, int number) throws IOException {
        int depth = 1 + random.nextInt(random.nextInt(4) == 0 ? 2_000 : 90);
        leftBytes -= 2 * depth;
        for (int i = 0; i < depth; i++) {
            out.writeTag(number, WireFormat.WIRETYPE_START_GROUP);
        }
        for (int i = 0; i < depth; i++) {
            out.writeTag(number, WireFormat.WIRETYPE_END_GROUP);
        }
    }

    private static void writeNumber(CodedOutputStream out, FieldDescriptor field, long value) throws IOException {
        switch (field.getLiteType().getWireType()) {
            case WireFormat.WIRETYPE_FIXED64 -> out.writeFixed64(field.getNumber(), value);
            case WireFormat.WIRETYPE_FIXED32 -> out.writeFixed32(field.getNumber(), (int) value);
            default -> out.writeUInt64(field.getNumber(), value);
        }
    }

    private boolean isWild() {
        return random.nextDouble() < wildness;
    }

    private byte[] noise(int lengthBytes) {
        byte[] noise = new byte[lengthBytes];
        random.nextBytes(noise);
        return noise;
    }
}
