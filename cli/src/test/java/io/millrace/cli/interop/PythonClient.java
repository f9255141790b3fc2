// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client in Python whose classes protoc makes from our contract; {@code millrace_client.py} says what it can do. */
final class PythonClient {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path CONTRACT =
            Path.of("..", "proto", "src", "main", "proto").toAbsolutePath();
    private static final List<String> FILES = List.of("event", "stream", "publisher", "subscriber", "topic");

    /** What our files import; all of them are on the class path. */
    private static final List<String> IMPORTED = List.of(
            "google/rpc/status.proto",
            "google/protobuf/any.proto",
            "google/protobuf/duration.proto",
            "google/protobuf/field_mask.proto",
            "google/protobuf/timestamp.proto");

    private final String python;
    private final Path generated;

    private PythonClient(String python, Path generated) {
        this.python = python;
        this.generated = generated;
    }

    static boolean isInstalled() {
        return python().isPresent() && ForeignProgram.runs("protoc", "--version") && plugin().isPresent();
    }

    /** Generates the classes into an empty directory. */
    static PythonClient generatedInto(Path directory) {
        Path imported = unpackImported(directory.resolve("imported"));
        Path generated = make(directory.resolve("generated"));
        List<String> command = new ArrayList<>(List.of(
                "protoc",
                "-I" + CONTRACT,
                "-I" + imported,
                "--plugin=protoc-gen-grpc_python=" + plugin().orElseThrow(),
                "--python_out=" + generated,
                "--grpc_python_out=" + generated));
        FILES.forEach(file ->
                command.add(CONTRACT.resolve("millrace/v1/" + file + ".proto").toString()));
        command.add(imported.resolve("google/rpc/status.proto").toString());
        try (ForeignProgram protoc = ForeignProgram.start(Map.of(), new byte[0], command)) {
            protoc.result();
        }
        return new PythonClient(python().orElseThrow(), generated);
    }

    /** Runs a command to its end and answers the lines that it wrote. */
    List<JsonNode> run(String input, String... arguments) {
        try (ForeignProgram program = start(input, arguments)) {
            program.result();
            return lines(program);
        }
    }

    /** Starts a command that goes on for a while. */
    ForeignProgram start(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(python, "-u", script()));
        command.addAll(List.of(arguments));
        Map<String, String> environment =
                Map.of("PYTHONPATH", generated.toString(), "PYTHONDONTWRITEBYTECODE", "1", "LC_ALL", "C.UTF-8");
        return ForeignProgram.start(environment, input.getBytes(StandardCharsets.UTF_8), command);
    }

    /** The whole lines that a program has written so far. */
    static List<JsonNode> lines(ForeignProgram program) {
        String output = program.outputSoFar();
        return output.substring(0, output.lastIndexOf('\n') + 1)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    /** Debian's Python has Debian's gRPC, whatever another Python comes first on the path. */
    private static Optional<String> python() {
        return Stream.of("python3", "/usr/bin/python3")
                .filter(candidate -> ForeignProgram.runs(candidate, "-c", "import grpc, google.protobuf"))
                .findFirst();
    }

    private static Optional<Path> plugin() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, "grpc_python_plugin"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String script() {
        return Path.of("src", "test", "resources", "python", "millrace_client.py")
                .toAbsolutePath()
                .toString();
    }

    private static Path unpackImported(Path directory) {
        for (String file : IMPORTED) {
            try (InputStream content = PythonClient.class.getClassLoader().getResourceAsStream(file)) {
                Path target = directory.resolve(file);
                make(target.getParent());
                Files.write(target, content.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return directory;
    }

    private static Path make(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
