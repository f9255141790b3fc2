// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cli.console.Console;
import io.millrace.cli.console.Interrupts;
import io.millrace.cli.output.Json;
import io.millrace.cli.serve.RunningServer;
import io.millrace.cli.serve.ServerSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands for events and topics, against a broker over its real port, in this JVM. */
class CommandsTest {
    private static RunningServer server;
    private static int topics;

    @BeforeAll
    static void start() {
        server = RunningServer.start(
                new ServerSettings("127.0.0.1", 0, new ServerSettings.LogChoice.Memory()), line -> {});
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatIsPublishedLineByLineComesBackTheSame() {
        String topic = topic();
        String numbers = numbers(1, 1000);

        Run published = withInput(numbers, "publish", topic, "--create");
        Run received = run("subscribe", topic, "--from", "beginning", "--exit-at-end", "-o", "raw");

        assertThat(published.exitCode()).isZero();
        assertThat(published.out()).isEmpty();
        assertThat(published.err()).contains("published 1,000 events to " + topic);
        assertThat(received.exitCode()).isZero();
        assertThat(received.out()).isEqualTo(numbers);
        assertThat(received.err()).isEmpty();
    }

    @Test
    void aLineIsPublishedWhenItIsTypedNotWhenTheInputEnds() throws Exception {
        String topic = created(1);
        PipedOutputStream typist = new PipedOutputStream();
        PipedInputStream keyboard = new PipedInputStream(typist);
        CompletableFuture<Run> publishing =
                CompletableFuture.supplyAsync(() -> Run.withInput(keyboard, "publish", topic, "-e", server.grpc()));

        typist.write("one\n".getBytes(StandardCharsets.UTF_8));
        typist.flush();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> run("subscribe", topic, "--from", "beginning", "--exit-at-end", "-o", "raw")
                        .out()
                        .equals("one\n"));
        assertThat(publishing).isNotDone();

        typist.close();
        assertThat(publishing.get(20, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void aSummaryForProgramsCountsAndPlaces() {
        String topic = created(1);

        Run published = withInput("a\nb\nc\n", "publish", topic, "-o", "json");

        JsonNode summary = json(published.out());
        assertThat(summary.get("published").asInt()).isEqualTo(3);
        assertThat(summary.get("failed").asInt()).isZero();
        assertThat(summary.get("unknown").asInt()).isZero();
        assertThat(summary.get("last_offsets").get("0").asInt()).isEqualTo(2);
    }

    @Test
    void eachAcknowledgedEventHasALineThatTellsItsPlace() {
        String topic = created(1);

        Run published = withInput("a\nb\n", "publish", topic, "-o", "jsonl");

        assertThat(published.lines()).hasSize(2);
        assertThat(json(published.lines().get(1)).get("line").asInt()).isEqualTo(2);
        assertThat(json(published.lines().get(1)).get("offset").asInt()).isEqualTo(1);
    }

    @Test
    void theSameCommandUnderANameGoesOnWhereTheRunBeforeItEnded() {
        String topic = created(1);

        Run ended = withInput("a\nb\n", "publish", topic, "--as", topic + "-import");
        Run again = withInput("a\nb\nc\nd\n", "publish", topic, "--as", topic + "-import", "-o", "json");
        Run nothingLeft = withInput("a\nb\nc\nd\n", "publish", topic, "--as", topic + "-import");

        assertThat(ended.err()).doesNotContain("left out");
        assertThat(again.err()).contains("2 events of " + topic + "-import had been settled before and are left out");
        assertThat(json(again.out()).get("published").asInt()).isEqualTo(2);
        assertThat(nothingLeft.exitCode()).isZero();
        assertThat(all(topic)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void eventsThatWereLeftOutCountAsEventsOfTheInput() {
        String topic = created(1);

        withInput("a\nb\nc\nd\n", "publish", topic, "--as", topic + "-import", "--count", "2");
        Run again = withInput("a\nb\nc\nd\n", "publish", topic, "--as", topic + "-import", "--count", "3");

        assertThat(again.exitCode()).isZero();
        assertThat(all(topic)).containsExactly("a", "b", "c");
    }

    @Test
    void aNameThatCanBeNoneIsAUsageError() {
        Run run = withInput("a\n", "publish", created(1), "--as", "no name");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--as 'no name' is not 1 to 200 of [a-zA-Z0-9._-]");
    }

    @Test
    void aMalformedLineEndsThePublishingWithItsNumberAndWhatWasStoredBefore() {
        String topic = created(1);

        Run published =
                withInput("{\"a\":1}\n\n{\"a\":2}\n{oops\n{\"a\":3}\n", "publish", topic, "-f", "jsonl", "-o", "json");

        assertThat(published.exitCode()).isEqualTo(7);
        assertThat(published.err()).contains("line 4: not JSON").contains("published 2 events");
        assertThat(json(published.out()).get("published").asInt()).isEqualTo(2);
        assertThat(all(topic)).containsExactly("{\"a\":1}", "{\"a\":2}");
    }

    @Test
    void aMalformedFirstLineStoresNothingAndIsAPlainFailure() {
        String topic = created(1);

        Run published = withInput("{oops\n", "publish", topic, "-f", "jsonl");

        assertThat(published.exitCode()).isEqualTo(1);
        assertThat(published.err()).contains("line 1: not JSON").doesNotContain("\tat ");
        assertThat(all(topic)).isEmpty();
    }

    @Test
    void anEventOverAMebibyteIsRefusedWithItsLine() {
        String topic = created(1);

        Run published = withInput("small\n" + "x".repeat((1 << 20) + 1) + "\n", "publish", topic);

        assertThat(published.exitCode()).isEqualTo(7);
        assertThat(published.err()).contains("line 2").contains("1048577 bytes").contains("1048576");
        assertThat(all(topic)).containsExactly("small");
    }

    @Test
    void anEventThatOnlyItsEnvelopeMakesTooLargeIsRefusedByTheServerAndStillHasItsLine() {
        String topic = created(1);

        Run published = withInput("small\n" + "x".repeat(1 << 20) + "\n", "publish", topic);

        assertThat(published.exitCode()).isEqualTo(7);
        assertThat(published.err()).contains("line 2: event of").contains("over the limit");
        assertThat(all(topic)).containsExactly("small");
    }

    @Test
    void keyTimeTypeAndHeadersComeFromWhereTheOptionsPoint() {
        String topic = created(1);

        withInput(
                "{\"who\":{\"id\":7},\"at\":\"2001-01-01T00:47:00Z\"}\n",
                "publish",
                topic,
                "-k",
                "/who/id",
                "--time",
                "/at",
                "--type",
                "flight.departed",
                "-H",
                "a=1",
                "-H",
                "a=2");
        JsonNode event = json(
                run("subscribe", topic, "--from", "beginning", "--exit-at-end").out());

        assertThat(event.get("key").asString()).isEqualTo("7");
        assertThat(event.get("time").asString()).isEqualTo("2001-01-01T00:47:00Z");
        assertThat(event.get("type").asString()).isEqualTo("flight.departed");
        assertThat(event.get("headers").toString())
                .isEqualTo("[{\"name\":\"a\",\"value\":\"1\"},{\"name\":\"a\",\"value\":\"2\"}]");
        assertThat(event.get("data").get("who").get("id").asInt()).isEqualTo(7);
    }

    @Test
    void aCompressedCsvFileIsPublishedByTheNamesOfItsColumns(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("prices.csv.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("symbol,price\nA,\"1,5\"\nB,2\n".getBytes(StandardCharsets.UTF_8));
        }
        String topic = created(1);

        Run published = run("publish", topic, file.toString(), "--key", "symbol");

        assertThat(published.exitCode()).isZero();
        assertThat(all(topic))
                .containsExactly("{\"symbol\":\"A\",\"price\":\"1,5\"}", "{\"symbol\":\"B\",\"price\":\"2\"}");
    }

    @Test
    void aWholeFileIsOneEventWhenItIsRaw() {
        String topic = created(1);

        withInput("line 1\nline 2\n", "publish", topic, "--format", "raw");

        assertThat(run("subscribe", topic, "--from", "beginning", "--exit-at-end", "-o", "raw")
                        .out())
                .isEqualTo("line 1\nline 2\n\n");
    }

    @Test
    void startsAndEndsMeanWhatTheySay() {
        String topic = created(1);
        withInput(numbers(0, 10), "publish", topic);

        assertThat(read(topic, "--from", "7", "--exit-at-end")).containsExactly("7", "8", "9");
        assertThat(read(topic, "--from", "0:3", "--until", "5")).containsExactly("3", "4");
        assertThat(read(topic, "--from", "last:2", "--until", "now")).containsExactly("8", "9");
        assertThat(read(topic, "--from", "-1h", "--count", "1")).containsExactly("0");
        assertThat(read(topic, "--from", "2001-01-01", "--until", "-1h")).isEmpty();
        assertThat(read(topic, "--from", "now", "--exit-at-end")).isEmpty();
    }

    @Test
    void anOffsetWithoutAPartitionIsRefusedWhereThereAreSeveral() {
        String topic = created(3);

        Run run = run("subscribe", topic, "--from", "7");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("3 partitions").contains("0:7");
    }

    @Test
    void anOffsetBehindTheEndIsAFailureThatTellsWhatThereIs() {
        String topic = created(1);

        Run run = run("subscribe", topic, "--from", "99", "--exit-at-end");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("offset 99").contains("0..0");
    }

    @Test
    void conflatedOnlyTheNewestEventOfAKeyIsWritten() {
        String topic = created(1);
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 110; i++) {
            lines.append("{\"k\":\"")
                    .append(i % 2)
                    .append("\",\"n\":")
                    .append(i)
                    .append("}\n");
        }
        withInput(lines.toString(), "publish", topic, "--format", "jsonl", "--key", "/k");
        String[] newest = {"{\"k\":\"1\",\"n\":109}", "{\"k\":\"0\",\"n\":110}"};

        assertThat(read(topic, "--from", "beginning", "--exit-at-end", "--slow", "conflate"))
                .containsExactly(newest);
        assertThat(read(topic, "--from", "beginning", "--exit-at-end", "--slow", "skip"))
                .hasSize(110);
        assertThat(read(
                        topic,
                        "--from",
                        "beginning",
                        "--count",
                        "2",
                        "--slow",
                        "conflate",
                        "--conflate-interval",
                        "10ms"))
                .containsExactly(newest);
    }

    @Test
    void onlyWhatAFilterLetsThroughIsWritten() {
        String topic = created(1);
        withInput(
                "{\"k\":\"eu-1\"}\n{\"k\":\"us-1\"}\n{\"k\":\"eu-2\"}\n",
                "publish",
                topic,
                "--format",
                "jsonl",
                "--key",
                "/k");
        String[] european = {"{\"k\":\"eu-1\"}", "{\"k\":\"eu-2\"}"};
        String filter = "event.key.startsWith('eu-')";

        assertThat(read(topic, "--from", "beginning", "--exit-at-end", "--filter", filter))
                .containsExactly(european);
        assertThat(run("replay", topic, "--from", "beginning", "--speed", "max", "-o", "raw", "--filter", filter)
                        .lines())
                .containsExactly(european);
        Run wrong = run("subscribe", topic, "--exit-at-end", "--filter", "kay == 'eu-1'");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("kay").contains("line 1");
    }

    @Test
    void jsonIsOneArrayAlsoWhenItIsEmpty() {
        String topic = created(1);
        assertThat(json(run("subscribe", topic, "--exit-at-end", "-o", "json").out())
                        .isEmpty())
                .isTrue();

        withInput("a\nb\n", "publish", topic);

        assertThat(json(run("subscribe", topic, "--from", "beginning", "--exit-at-end", "-o", "json")
                                .out())
                        .size())
                .isEqualTo(2);
    }

    @Test
    void aSignalEndsASubscriptionWithWhatItHasReceived() {
        String topic = created(1);
        withInput("a\n", "publish", topic);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = Run.console(new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream());
        CompletableFuture<Integer> subscribing = CompletableFuture.supplyAsync(() -> CommandTree.of(console)
                .execute("subscribe", topic, "--from", "beginning", "-o", "json", "-e", server.grpc()));
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> out.toString(StandardCharsets.UTF_8).contains("\"data\":\"a\""));

        console.interrupts().raise(Interrupts.Kind.INT);

        assertThat(subscribing.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(130);
        assertThat(json(out.toString(StandardCharsets.UTF_8)).size()).isEqualTo(1);
    }

    @Test
    void aReplayOfSeveralPartitionsComesInOrderOfTime() {
        String topic = created(4);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            lines.add("{\"k\":" + i % 17 + ",\"at\":" + (1_000_000_000_000L + i) + "}");
        }
        withInput(String.join("\n", lines), "publish", topic, "-k", "/k", "--time", "/at");

        Run replayed = run("replay", topic, "--speed", "max", "-o", "raw");

        assertThat(replayed.exitCode()).isZero();
        assertThat(replayed.lines()).isEqualTo(lines);
    }

    @Test
    void topicsAndPatternsAreReadTogetherAndEachEventSaysWhichTopicItIsOf() {
        String area = topic();
        String alone = created(1);
        withInput("a\nb\n", "publish", area + ".eu", "--create");
        withInput(numbers(1, 100), "publish", area + ".us", "--create", "--partitions", "3");
        withInput("deep\n", "publish", area + ".us.west", "--create");
        withInput("c\n", "publish", alone);

        Run run = run("subscribe", alone, area + ".*", area + ".eu", "--from", "beginning", "--exit-at-end");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.lines().stream()
                        .map(CommandsTest::json)
                        .collect(Collectors.groupingBy(
                                event -> event.get("topic").asString(), Collectors.counting())))
                .isEqualTo(Map.of(alone, 1L, area + ".eu", 2L, area + ".us", 100L));
        assertThat(read(area + ".>", "--from", "beginning", "--exit-at-end")).hasSize(103);
    }

    @Test
    void aTopicThatComesToMatchJoinsARunningSubscription() throws Exception {
        String area = topic();
        withInput("old\n", "publish", area + ".us", "--create");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = Run.console(new ByteArrayInputStream(new byte[0]), out, err);
        CompletableFuture<Integer> subscribing = CompletableFuture.supplyAsync(() -> CommandTree.of(console)
                .execute("subscribe", area + ".eu.>", "--count", "2", "-o", "raw", "-e", server.grpc()));
        await().atMost(20, TimeUnit.SECONDS).until(() -> err.size() > 0);

        withInput("first\nsecond\n", "publish", area + ".eu.shop", "--create");

        assertThat(subscribing.get(20, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("first\nsecond\n");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .hasLineCount(1)
                .contains("no topic matches " + area + ".eu.> now")
                .contains("topics list");
    }

    @Test
    void aReplayOfSeveralTopicsComesInOrderOfTime() {
        String area = topic();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add("{\"k\":" + i % 17 + ",\"at\":" + (1_000_000_000_000L + i) + "}");
        }
        for (int part = 0; part < 3; part++) {
            int which = part;
            String some = IntStream.range(0, 300)
                    .filter(i -> i % 3 == which)
                    .mapToObj(lines::get)
                    .collect(Collectors.joining("\n"));
            withInput(
                    some, "publish", area + ".t" + part, "--create", "-k", "/k", "--time", "/at", "--partitions", "2");
        }

        Run replayed = run("replay", area + ".t0", area + ".*", "--speed", "max", "-o", "raw");

        assertThat(replayed.exitCode()).as(replayed.err()).isZero();
        assertThat(replayed.lines()).isEqualTo(lines);
        Run none = run("replay", area + ".none.*", "--speed", "max");
        assertThat(none.exitCode()).isZero();
        assertThat(none.out()).isEmpty();
        assertThat(none.err().lines()).hasSize(1);
        assertThat(none.err()).contains("no topic matches");
    }

    @Test
    void whatCannotBeMeantOfSeveralTopicsIsRefusedInOneLine() {
        String topic = created(1);
        List<Run> offsets = List.of(
                run("subscribe", topic, "other.*", "--from", "7"),
                run("replay", topic + ".>", "--from", "0:7"),
                run("subscribe", topic + ".>", "--until", "7"));
        assertThat(offsets).allSatisfy(run -> {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err().lines()).hasSize(1);
            assertThat(run.err()).contains("an offset means nothing where several topics are read");
        });

        Run pattern = run("subscribe", topic, "shop*");
        assertThat(pattern.exitCode()).isEqualTo(2);
        assertThat(pattern.err()).contains("'shop*' is no pattern").contains("'orders.*'");
        assertThat(pattern.err().lines()).hasSize(1);

        Run missing = run("subscribe", topic, "no-such-topic");
        assertThat(missing.exitCode()).isEqualTo(5);
        assertThat(missing.err().lines()).hasSize(1);
    }

    @Test
    void aReplayTakesAsLongAsItTookOverTheSpeed() {
        String topic = created(1);
        withInput("{\"at\":1000000000000}\n{\"at\":1000000004000}\n", "publish", topic, "--time", "/at");

        long begin = System.nanoTime();
        Run replayed = run("replay", topic, "--speed", "10x", "-o", "raw");

        assertThat(replayed.lines()).hasSize(2);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(400));
    }

    @Test
    void topicsAreMadeListedDescribedAndDeleted() {
        String name = topic();

        assertThat(run("topics", "create", name, "--partitions", "3").exitCode())
                .isZero();
        JsonNode listed =
                json(run("topics", "list", "--prefix", name, "-o", "json").out());
        JsonNode described = json(run("topics", "describe", name, "-o", "json").out());

        assertThat(listed.get(0).get("name").asString()).isEqualTo(name);
        assertThat(described.get("partitions").asInt()).isEqualTo(3);
        assertThat(described.get("offsets").size()).isEqualTo(3);
        assertThat(run("topics", "list").out()).contains(name);
        assertThat(run("topics", "create", name).exitCode()).isEqualTo(1);
        assertThat(run("topics", "delete", name).exitCode()).isZero();
        assertThat(run("topics", "describe", name).exitCode()).isEqualTo(5);
    }

    @Test
    void anUnknownTopicIsExitCodeFiveAndSaysWhatToDo() {
        for (String command : List.of("publish", "subscribe", "replay")) {
            Run run = run(command, "no-such-topic");
            assertThat(run.exitCode()).as(command).isEqualTo(5);
            assertThat(run.err())
                    .as(command)
                    .contains("'no-such-topic' does not exist")
                    .contains("topics create");
        }
    }

    @Test
    void aTopicNameThatCanBeNoneIsAMistakeOfTheCommandLine() {
        Run run = run("publish", "a/b");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("topic name 'a/b'").contains("249");
    }

    @Test
    void aServerThatIsNotThereIsExitCodeThreeAtOnce() throws Exception {
        int free;
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        long begin = System.nanoTime();

        Run run = Run.of("subscribe", "t", "-e", "127.0.0.1:" + free, "--timeout", "5s");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("127.0.0.1:" + free).contains("millrace serve");
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @Test
    void aServerThatSaysNothingIsExitCodeSixWithinTheTimeout() throws Exception {
        try (java.net.ServerSocket mute = new java.net.ServerSocket(0)) {
            long begin = System.nanoTime();

            Run run = Run.of("topics", "list", "-e", "127.0.0.1:" + mute.getLocalPort(), "--timeout", "1s");

            assertThat(run.exitCode()).isEqualTo(6);
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(8));
        }
    }

    @Test
    void mistypedOptionsAndCommandsAreExitCodeTwoAndSayWhatWasMeant() {
        assertThat(Run.of("subscribe", "t", "--form", "now")).satisfies(run -> {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("unknown option '--form'; did you mean '--from'?");
        });
        assertThat(Run.of("serve", "--grcp-port=0").err()).contains("did you mean '--grpc-port'?");
        assertThat(Run.of("sbuscribe", "t").err()).contains("unknown command 'sbuscribe'; did you mean 'subscribe'?");
        assertThat(Run.of("subscribe", "t", "--zebra").err()).contains("unknown option '--zebra'; see");
        assertThat(Run.of("publish", "t", "--timeout", "10").err()).contains("write a number and a unit");
        assertThat(Run.of().exitCode()).isEqualTo(2);
    }

    @Test
    void optionsThatContradictEachOtherAreMistakesOfTheCommandLine() {
        assertThat(Run.of("serve", "--kafka", "k:9092", "--data-dir", "x").exitCode())
                .isEqualTo(2);
        assertThat(Run.of("serve", "--log", "memory", "--kafka-port", "1").exitCode())
                .isEqualTo(2);
        assertThat(Run.of("serve", "--grpc-port", "7500", "--kafka-port", "7500")
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.of("publish", "t", "--partitions", "2").exitCode()).isEqualTo(2);
        assertThat(Run.of("publish", "t", "--format", "lines", "--key", "/a").exitCode())
                .isEqualTo(2);
        assertThat(Run.of("publish", "t", "--format", "jsonl", "--key", "a").err())
                .contains("write --key '/a'");
        assertThat(Run.of("subscribe", "t", "--exit-at-end", "--until", "now").exitCode())
                .isEqualTo(2);
        assertThat(Run.of("subscribe", "t", "--conflate-interval", "1s").err()).contains("--slow conflate");
        assertThat(Run.of("subscribe", "t", "--slow", "never").err())
                .contains("catch-up, conflate, skip or disconnect");
    }

    @Test
    void anAddressThatOthersCanReachIsRefusedUnlessItIsAskedForLoudly() {
        Run run = Run.of("serve", "--host", "0.0.0.0", "--log", "memory");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--insecure-allow-remote");
    }

    @Test
    void everyCommandHasHelpOnStandardOutputThatFitsItsScreen() {
        for (String command : List.of("demo", "serve", "publish", "subscribe", "replay", "topics", "version")) {
            Run run = Run.of(command, "--help");
            assertThat(run.exitCode()).as(command).isZero();
            assertThat(run.out()).as(command).contains("Usage: millrace " + command);
            assertThat(run.err()).as(command).isEmpty();
            assertThat(run.lines()).as(command).hasSizeLessThan(60).allMatch(line -> line.length() <= 110);
        }
    }

    @Test
    void aStackTraceIsShownOnlyWhenItIsAskedFor() {
        assertThat(run("subscribe", "nope").err().lines()).hasSize(1);
        assertThat(run("subscribe", "nope", "-v").err())
                .contains("CommandFailure")
                .contains("\tat ");
    }

    private static Run run(String... arguments) {
        return withInput("", arguments);
    }

    private static Run withInput(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-e", server.grpc()));
        return Run.withInput(input, all.toArray(String[]::new));
    }

    private static List<String> read(String topic, String... options) {
        List<String> all = new ArrayList<>(List.of("subscribe", topic, "-o", "raw"));
        all.addAll(List.of(options));
        Run run = run(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.lines();
    }

    private static List<String> all(String topic) {
        return read(topic, "--from", "beginning", "--exit-at-end");
    }

    private static String created(int partitions) {
        String topic = topic();
        assertThat(run("topics", "create", topic, "--partitions", Integer.toString(partitions))
                        .exitCode())
                .isZero();
        return topic;
    }

    private static synchronized String topic() {
        return "topic-" + ++topics;
    }

    private static String numbers(int from, int to) {
        int last = from == 0 ? to - 1 : to;
        return IntStream.rangeClosed(from, last).mapToObj(n -> n + "\n").collect(Collectors.joining());
    }

    private static JsonNode json(String text) {
        return Json.mapper().readTree(text);
    }
}
