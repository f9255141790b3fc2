// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, in copies of the project that hold nothing but it and what it needs. */
class LauncherIT {
    private static final Path LAUNCHER =
            Path.of("..", "millrace").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void itStartsFromElsewhereThroughLinksAndWithSpacesInItsPath() throws Exception {
        Path project = project("a project with spaces");
        provideProgram(project);
        Path link = Files.createSymbolicLink(
                Files.createDirectories(directory.resolve("bin dir")).resolve("mr"),
                Path.of("..", "a project with spaces", "millrace"));

        Result direct = run(directory, Map.of(), project.resolve("millrace").toString(), "version");
        Result linked = run(Path.of("/"), Map.of(), link.toString(), "version", "-o", "json");

        assertThat(direct.exitCode).as(direct.err).isZero();
        assertThat(direct.out).startsWith("millrace ").hasLineCount(1);
        assertThat(direct.err).isEmpty();
        assertThat(linked.out).startsWith("{\"version\":");
    }

    /** A JDK that is newer than the one that the program was built with calls it an error (25 does, 17 does not). */
    @Test
    void anArchiveOfClassesThatDoesNotFitIsNotWorthALine() throws Exception {
        Path project = project("another-jdk");
        provideProgram(project);
        Files.writeString(project.resolve("cli/target/millrace/classes.jsa"), "of another JDK");

        Result result = run(directory, Map.of(), project.resolve("millrace").toString(), "version");

        assertThat(result.exitCode).as(result.err).isZero();
        assertThat(result.out).startsWith("millrace ");
        assertThat(result.err).isEmpty();
    }

    @Test
    void twoFirstStartsAtOnceBuildOnce() throws Exception {
        Path project = project("fresh");
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Path tools = tools("""
                echo build >> "$PWD/builds.txt"
                sleep 1
                mkdir -p cli/target/millrace
                cp -r '%s' cli/target/millrace/lib.new
                mv cli/target/millrace/lib.new cli/target/millrace/lib
                touch cli/target/millrace/lib
                """.formatted(Program.lib()));
        Map<String, String> path = Map.of("PATH", tools + ":" + System.getenv("PATH"));
        String launcher = project.resolve("millrace").toString();

        Process first = start(directory, path, launcher, "version");
        Process second = start(directory, path, launcher, "version");
        Result one = result(first);
        Result two = result(second);
        Result third = run(directory, path, launcher, "version");

        assertThat(one.exitCode).as(one.err).isZero();
        assertThat(two.exitCode).as(two.err).isZero();
        assertThat(one.err + two.err).contains("building once").contains("waiting for another build");
        assertThat(third.err).isEmpty();
        assertThat(Files.readAllLines(project.resolve("builds.txt"))).hasSize(1);
    }

    @Test
    void aBuildThatFailsNamesItsLogAndLeavesNoLock() throws Exception {
        Path project = project("broken");
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Path tools = tools("echo '[ERROR] no such symbol'\nexit 1\n");
        Map<String, String> path = Map.of("PATH", tools + ":" + System.getenv("PATH"));

        Result result = run(directory, path, project.resolve("millrace").toString(), "version");

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.err).contains("no such symbol").contains("millrace-build.log");
        assertThat(project.resolve("cli/target/millrace-build.lock")).doesNotExist();
        assertThat(result.out).isEmpty();
    }

    @Test
    void aJavaThatIsMissingOrTooOldIsSaidInOneLine() throws Exception {
        Path project = project("plain");
        provideProgram(project);
        Path old = directory.resolve("old/bin");
        executable(Files.createDirectories(old).resolve("java"), "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        String launcher = project.resolve("millrace").toString();

        Result missing =
                run(directory, Map.of("JAVA_HOME", directory.resolve("none").toString()), launcher, "version");
        Result tooOld = run(directory, Map.of("JAVA_HOME", old.getParent().toString()), launcher, "version");

        assertThat(missing.exitCode).isEqualTo(1);
        assertThat(missing.err).contains("JAVA_HOME").contains("JDK 17").hasLineCount(1);
        assertThat(tooOld.exitCode).isEqualTo(1);
        assertThat(tooOld.err).contains("is Java 11").hasLineCount(1);
    }

    @Test
    void aServerGetsItsOwnOptionsOfTheJvmAndThenThoseOfTheUser() throws Exception {
        Path project = project("options");
        provideProgram(project);
        Path bin = Files.createDirectories(directory.resolve("new/bin"));
        executable(
                bin.resolve("java"),
                "[ \"$1\" = -version ] && { echo 'openjdk version \"17.0.1\"' >&2; exit; }; echo \"$@\"\n");
        Map<String, String> environment =
                Map.of("JAVA_HOME", bin.getParent().toString(), "JAVA_OPTS", "-Xmx300m -Dsome=thing");
        String launcher = project.resolve("millrace").toString();

        Result served = run(directory, environment, launcher, "serve");
        Result other = run(directory, environment, launcher, "version");

        assertThat(served.out).contains("/lib/serve.options -Xmx300m -Dsome=thing -cp");
        assertThat(other.out).doesNotContain("300m");
        assertThat(Program.lib().resolve("serve.options")).content().contains("-Xmx");
    }

    @Test
    void aReaderThatHasSeenEnoughEndsACommandQuietly() throws Exception {
        Path project = project("piped");
        provideProgram(project);
        String launcher = project.resolve("millrace").toString();
        try (Server server = Server.start(directory, 0)) {
            Result result = run(
                    directory,
                    Map.of("MILLRACE_ENDPOINT", server.grpc()),
                    "bash",
                    "-c",
                    "set -o pipefail; seq 1 50000 | '" + launcher + "' publish t --create 2>/dev/null; '" + launcher
                            + "' subscribe t --from beginning -o raw | head -n 1");

            assertThat(result.out).isEqualTo("1\n");
            assertThat(result.err).isEmpty();
            assertThat(result.exitCode).isZero();
        }
    }

    private Path project(String name) throws IOException {
        Path project = Files.createDirectories(directory.resolve(name));
        Files.copy(LAUNCHER, project.resolve("millrace"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        return project;
    }

    private static void provideProgram(Path project) throws IOException {
        Path home = Files.createDirectories(project.resolve("cli/target/millrace"));
        Files.createSymbolicLink(home.resolve("lib"), Program.lib());
    }

    private Path tools(String mvn) throws IOException {
        Path tools = Files.createDirectories(directory.resolve("tools"));
        executable(tools.resolve("mvn"), mvn);
        return tools;
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result run(Path workingDirectory, Map<String, String> environment, String... command) throws Exception {
        return result(start(workingDirectory, environment, command));
    }

    private Process start(Path workingDirectory, Map<String, String> environment, String... command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(workingDirectory.toFile());
        builder.environment().put("XDG_STATE_HOME", directory.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Result result(Process process) throws Exception {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), out, err);
    }

    private record Result(int exitCode, String out, String err) {}
}
