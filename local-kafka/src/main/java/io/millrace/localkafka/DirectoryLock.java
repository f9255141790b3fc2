// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One node per directory: held from before the first look at Kafka's files until the process has ended.
 *
 * <p>Kafka's own lock comes too late: a second node on a directory has corrupted the first. The operating system frees
 * this one when its holder ends, however it ends.
 */
final class DirectoryLock implements AutoCloseable {
    /*
     * The lock is on a byte far behind the text, so that the text stays readable where locks are mandatory (Windows).
     * POSIX frees a process's locks on a file when it closes any descriptor of it: the holder never opens it twice.
     * The garbage collector closes a channel that nobody refers to, and the lock goes with it: HELD refers to it.
     */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private static final Set<DirectoryLock> HELD = ConcurrentHashMap.newKeySet();

    private static final long POLL_MILLIS = 50;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, waiting at most {@code timeout}.
     *
     * @param waiting is told who holds the lock, once, when there is something to wait for
     * @throws HeldException when it was not free in time
     */
    static DirectoryLock acquire(Path dataDir, Duration timeout, Consumer<String> waiting)
            throws IOException, HeldException, InterruptedException {
        Files.createDirectories(dataDir);
        Path file = dataDir.resolve("node.lock");
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        Optional<DirectoryLock> lock = tryAcquire(file);
        if (lock.isEmpty()) {
            waiting.accept(holder(file));
        }
        while (lock.isEmpty()) {
            if (System.nanoTime() - deadlineNanos >= 0) {
                throw new HeldException(holder(file));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            lock = tryAcquire(file);
        }
        return lock.get();
    }

    private static Optional<DirectoryLock> tryAcquire(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            return Optional.empty();
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(("pid " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
        DirectoryLock lock = new DirectoryLock(channel);
        HELD.add(lock);
        return Optional.of(lock);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        }
    }

    private static String holder(Path file) throws IOException {
        String text = Files.readString(file).strip();
        return text.isEmpty() ? "unknown process" : text;
    }

    /** Frees the directory. A lock that is never closed is held until the process has ended. */
    @Override
    public void close() throws IOException {
        HELD.remove(this);
        channel.close();
    }

    /** The lock was not free in time. */
    static final class HeldException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String holder;

        HeldException(String holder) {
            super("held by " + holder);
            this.holder = holder;
        }

        String holder() {
            return holder;
        }
    }
}
