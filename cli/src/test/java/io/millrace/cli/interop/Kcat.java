// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** kcat, a Kafka client in C on librdkafka. Reads and writes records byte for byte. */
final class Kcat {
    private static final byte RECORD_END = 0x1e;
    private static final String FORMAT = "%K\\x1f%k\\x1f%S\\x1f%s\\x1f%h\\x1e";

    private final String bootstrapServers;

    Kcat(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    static boolean isInstalled() {
        return ForeignProgram.runs("kcat", "-V");
    }

    /**
     * A record as kcat shows it. Bytes are ISO 8859-1 characters, one each.
     *
     * @param keyLength -1 for null
     * @param dataLength -1 for null
     * @param headers {@code name=value}, in order, with commas between
     */
    record Shown(int keyLength, String key, int dataLength, String data, String headers) {
        private static Shown of(String line) {
            String[] fields = line.split("\u001f", -1);
            return new Shown(Integer.parseInt(fields[0]), fields[1], Integer.parseInt(fields[2]), fields[3], fields[4]);
        }
    }

    /** Everything that is in a topic now. */
    List<Shown> read(String topic) {
        byte[] output = run(new byte[0], "kcat", "-b", bootstrapServers, "-C", "-t", topic, "-e", "-q", "-f", FORMAT);
        return Arrays.stream(latin1(output).split(String.valueOf((char) RECORD_END)))
                .filter(line -> !line.isEmpty())
                .map(Shown::of)
                .toList();
    }

    /**
     * Produces what is given as input.
     *
     * @param options as a shell reads them, so that {@code $'\xff'} is a byte
     */
    void produce(String topic, byte[] input, String options) {
        run(input, "bash", "-c", "exec kcat -b \"$1\" -P -t \"$2\" " + options, "kcat", bootstrapServers, topic);
    }

    private static byte[] run(byte[] input, String... command) {
        List<String> plain = new ArrayList<>(Stream.of(command).toList());
        try (ForeignProgram kcat = ForeignProgram.start(Map.of("LC_ALL", "C"), input, plain)) {
            return kcat.result();
        }
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
