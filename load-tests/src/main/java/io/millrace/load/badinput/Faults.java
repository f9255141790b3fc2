// SPDX-License-Identifier: Apache-2.0
package io.millrace.load.badinput;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What must not happen in a server, whatever it is sent: exceptions that end in a thread or in a log, and every line of
 * level ERROR. Thread-safe; the first {@value #MOST_EXAMPLES} are kept in words.
 *
 * <p>An exception that says that the client broke the protocol or the connection is no fault, nor is what gRPC's
 * transport caught and warns of when it ends a stream.
 */
final class Faults {
    private static final int MOST_EXAMPLES = 40;
    private static final int SHOWN_FRAMES = 6;

    /** Under this name gRPC warns of every stream that a client breaks; it has ended it then. */
    private static final Logger TRANSPORT = Logger.getLogger("io.grpc.netty");

    private final List<String> examples = new ArrayList<>();
    private long count;

    /** Begins to watch this process. Before anything is served. */
    void watch() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> found("in thread " + thread.getName(), failure));
        FromJavaLogging fromJavaLogging = new FromJavaLogging();
        Logger root = LogManager.getLogManager().getLogger("");
        root.addHandler(fromJavaLogging);
        TRANSPORT.setLevel(Level.SEVERE);
        FromLogback fromLogback = new FromLogback();
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        fromLogback.setContext(context);
        fromLogback.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(fromLogback);
    }

    synchronized long count() {
        return count;
    }

    /** In a line each. */
    synchronized List<String> examples() {
        return List.copyOf(examples);
    }

    private synchronized void found(String where, @Nullable Throwable failure) {
        count++;
        if (examples.size() < MOST_EXAMPLES) {
            examples.add((where + (failure == null ? "" : ": " + shown(failure))).replaceAll("\\s+", " "));
        }
    }

    private static String shown(Throwable failure) {
        StringBuilder shown = new StringBuilder(failure.toString());
        StackTraceElement[] frames = failure.getStackTrace();
        for (int i = 0; i < Math.min(SHOWN_FRAMES, frames.length); i++) {
            shown.append(" at ").append(frames[i]);
        }
        return failure.getCause() == null ? shown.toString() : shown + " because of " + shown(failure.getCause());
    }

    private static boolean isOfTheClient(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Http2Exception || cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    private final class FromJavaLogging extends Handler {
        @Override
        public void publish(LogRecord line) {
            Throwable failure = line.getThrown();
            boolean isError = line.getLevel().intValue() >= Level.SEVERE.intValue();
            if (failure == null ? isError : !isOfTheClient(failure)) {
                found(line.getLoggerName() + " " + line.getMessage(), failure);
            }
        }

        @Override
        public void flush() {
            // nothing is kept back
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private final class FromLogback extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent line) {
            IThrowableProxy proxy = line.getThrowableProxy();
            Throwable failure = proxy instanceof ThrowableProxy real ? real.getThrowable() : null;
            boolean isError = line.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.ERROR);
            if (failure == null ? isError : !isOfTheClient(failure)) {
                found(line.getLoggerName() + " " + line.getFormattedMessage(), failure);
            }
        }
    }
}
