// SPDX-License-Identifier: Apache-2.0
package io.millrace.localkafka;

import java.util.function.Consumer;

/** A listener whose own failures are its own: they are reported as uncaught and change nothing for the node. */
record EventSink(Consumer<? super LocalKafkaEvent> listener) {
    void tell(LocalKafkaEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException failure) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }
}
