// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.fuzz;

import com.code_intelligence.jazzer.Jazzer;
import io.millrace.load.process.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs one target under Jazzer in a process of its own, which cannot outlive its time by more than a minute. Our packages,
 * protobuf and the parser of CEL are instrumented. Blocks.
 */
public final class FuzzRun {
    private static final Duration GRACE = Duration.ofMinutes(1);
    private static final int INPUT_SECONDS = 20;
    private static final int MOST_MEBIBYTES = 3_000;
    private static final String INSTRUMENTED = "io.millrace.**:com.google.protobuf.**:dev.cel.parser.**";

    /** What Jazzer itself suspects, such as a connection that is opened, is looked for in our code only. */
    private static final String SUSPECTED = "io.millrace.**";

    private static final int LONGEST_INPUT_BYTES = 16_384;

    private static final Pattern RUNS = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");
    private static final Pattern COVERAGE = Pattern.compile("\\bcov: (\\d+)");
    private static final Pattern FINDING = Pattern.compile("== (Java (?:Exception|Assertion Error): .*|libFuzzer: .*)");
    private static final Pattern INPUT = Pattern.compile("Base64: (\\S+)");

    private FuzzRun() {}

    /**
     * Fuzzes for so long, or until something goes wrong.
     *
     * @param seed what the fuzzer's chance follows from
     */
    public static FuzzOutcome fuzz(FuzzTarget target, Duration time, long seed) throws IOException {
        return run(target.main(), target.label(), target.seeds(), time, seed);
    }

    static FuzzOutcome run(Class<?> main, String name, List<byte[]> seeds, Duration time, long seed)
            throws IOException {
        Path directory = Files.createTempDirectory("millrace-fuzz-");
        try {
            Path corpus = Files.createDirectory(directory.resolve("corpus"));
            for (int i = 0; i < seeds.size(); i++) {
                Files.write(corpus.resolve("seed-" + i), seeds.get(i));
            }
            return run(
                    main,
                    name,
                    directory,
                    time,
                    List.of(
                            "-max_total_time=" + time.toSeconds(),
                            "-seed=" + (int) (1 + Long.remainderUnsigned(seed, Integer.MAX_VALUE - 1)),
                            "-len_control=20",
                            corpus.toString()));
        } finally {
            Directories.delete(directory);
        }
    }

    /** Tries one input only. */
    public static FuzzOutcome repeat(FuzzTarget target, byte[] input) throws IOException {
        Path directory = Files.createTempDirectory("millrace-fuzz-");
        try {
            Path file = Files.write(directory.resolve("input"), input);
            return run(target.main(), target.label(), directory, Duration.ZERO, List.of(file.toString()));
        } finally {
            Directories.delete(directory);
        }
    }

    private static FuzzOutcome run(Class<?> main, String name, Path directory, Duration time, List<String> arguments)
            throws IOException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command(main, directory, arguments))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        boolean ended = await(process, time.plus(GRACE));
        String said = Files.readString(output, StandardCharsets.ISO_8859_1);
        return outcome(name, said, ended ? process.exitValue() : -1);
    }

    private static List<String> command(Class<?> main, Path directory, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx1g",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Jazzer.class.getName()));
        command.addAll(List.of(
                "--target_class=" + main.getName(),
                "--instrumentation_includes=" + INSTRUMENTED,
                "--custom_hook_includes=" + SUSPECTED,
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/",
                "-timeout=" + INPUT_SECONDS,
                "-rss_limit_mb=" + MOST_MEBIBYTES,
                "-max_len=" + LONGEST_INPUT_BYTES,
                "-print_final_stats=1"));
        command.addAll(arguments);
        return command;
    }

    private static boolean await(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }

    private static FuzzOutcome outcome(String name, String said, int exitCode) {
        String finding = last(FINDING, said, "");
        if (finding.isEmpty() && exitCode != 0) {
            finding = exitCode < 0 ? "did not end in time" : "ended with " + exitCode + ": " + lastLine(said);
        }
        return new FuzzOutcome(
                name,
                Long.parseLong(last(RUNS, said, "0")),
                Long.parseLong(last(COVERAGE, said, "0")),
                finding,
                last(INPUT, said, ""));
    }

    private static String last(Pattern pattern, String said, String otherwise) {
        String last = otherwise;
        for (Matcher matcher = pattern.matcher(said); matcher.find(); ) {
            last = matcher.group(1);
        }
        return last;
    }

    private static String lastLine(String said) {
        return said.lines().reduce("", (before, line) -> line.isBlank() ? before : line);
    }
}
