// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.faults.scenario;

import io.millrace.load.process.Directories;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of this run's own, which goes with everything in it when it is closed, and also when the run is ended by a
 * signal. One thread owns it; everything blocks.
 */
final class Mount implements AutoCloseable {
    /** EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32), with EXT4_GOING_FLAGS_NOLOGFLUSH: what is not on the disk is gone. */
    private static final String SHUT_DOWN = "import fcntl,os,struct,sys; d=os.open(sys.argv[1],os.O_RDONLY);"
            + " fcntl.ioctl(d,0x8004587d,struct.pack('I',2))";

    private static final String SHUT_DOWN_IN_PERL =
            "open(my $d,'<',$ARGV[0]) or die $!; my $f=pack('I',2); ioctl($d,0x8004587d,$f) or die $!";

    private final Path home;
    private final Path directory;
    private final String device;
    private final Thread hook = new Thread(this::cleanUp, "unmount");
    private boolean closed;

    private Mount(Path home, String device) {
        this.home = home;
        this.directory = home.resolve("mount");
        this.device = device;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** In memory, of so many bytes. */
    static Mount tmpfs(long bytes) throws IOException {
        Mount mount = new Mount(Files.createTempDirectory("millrace-tmpfs-"), "");
        Files.createDirectories(mount.directory);
        try {
            SystemTools.run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", mount.directory.toString());
            return mount;
        } catch (RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    /** An ext4 in a file, of so many bytes, which take room as they are written. */
    static Mount ext4(long bytes) throws IOException {
        Path home = Files.createTempDirectory("millrace-ext4-");
        Path image = home.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        SystemTools.run("mkfs.ext4", "-q", "-F", image.toString());
        Mount mount = new Mount(home, SystemTools.run("losetup", "-f", "--show", image.toString()));
        try {
            Files.createDirectories(mount.directory);
            mount.mount();
            return mount;
        } catch (RuntimeException | IOException e) {
            mount.close();
            throw e;
        }
    }

    /** Where it is mounted. */
    Path directory() {
        return directory;
    }

    /** As the power fails: from now on nothing is written any more, and what has not reached the disk is gone. */
    void shutDown() {
        if (SystemTools.missing("python3").isEmpty()) {
            SystemTools.run("python3", "-c", SHUT_DOWN, directory.toString());
        } else {
            SystemTools.run("perl", "-e", SHUT_DOWN_IN_PERL, directory.toString());
        }
    }

    /** As the machine starts again: what is on the disk is there. Nobody may use it. */
    void mountAgain() {
        SystemTools.run("umount", directory.toString());
        mount();
    }

    @Override
    public void close() {
        cleanUp();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the hook runs already
        }
    }

    private void mount() {
        SystemTools.run("mount", "-t", "ext4", device, directory.toString());
    }

    private synchronized void cleanUp() {
        if (closed) {
            return;
        }
        closed = true;
        attempt(() -> SystemTools.run("umount", "-l", directory.toString()));
        if (!device.isEmpty()) {
            attempt(() -> SystemTools.run("losetup", "-d", device));
        }
        attempt(() -> Directories.delete(home));
    }

    /** What fails does not keep the rest from being cleaned up. */
    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            System.err.println(e.getMessage());
        }
    }
}
