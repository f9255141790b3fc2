// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    private static final Duration AT_ONCE = Duration.ofNanos(1);

    @TempDir
    Path dataDir;

    private final List<String> waitedFor = new ArrayList<>();

    @Test
    void aHeldDirectoryIsRefusedWithTheNameOfItsHolder() throws Exception {
        try (DirectoryLock held = acquire()) {
            assertThat(held).isNotNull();
            String me = "pid " + ProcessHandle.current().pid();

            assertThatExceptionOfType(DirectoryLock.HeldException.class)
                    .isThrownBy(this::acquire)
                    .satisfies(refused -> assertThat(refused.holder()).isEqualTo(me));

            assertThat(waitedFor).containsExactly(me);
        }
    }

    @Test
    void aReleasedDirectoryIsFreeForTheNext() throws Exception {
        acquire().close();
        acquire().close();

        assertThat(waitedFor).isEmpty();
    }

    @Test
    void aLockThatNobodyRefersToIsStillHeldAfterAGarbageCollection() throws Exception {
        acquire();
        collectGarbage();

        assertThatExceptionOfType(DirectoryLock.HeldException.class).isThrownBy(this::acquire);
    }

    private DirectoryLock acquire() throws Exception {
        return DirectoryLock.acquire(dataDir, AT_ONCE, waitedFor::add);
    }

    private static void collectGarbage() {
        var garbage = new WeakReference<>(new Object());
        Awaitility.await().until(() -> {
            System.gc();
            return garbage.get() == null;
        });
    }
}
