// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.diagnostics;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.util.List;

/**
 * Logback's configuration, found by ServiceLoader: everything goes to {@link LogFile}, at most four files of 10 MB, and
 * nothing to the screen. In code, because reading XML is a quarter of the start of a short command.
 */
public final class FileLogging extends ContextAwareBase implements Configurator {
    /** They warn about what is ordinary: a call that was cancelled or was none, a Kafka that is being started again. */
    private static final List<String> NOISY = List.of(
            "io.grpc.netty.NettyServerHandler",
            "io.grpc.netty.NettyServerStream",
            "org.apache.kafka.clients.NetworkClient");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LogFile.path().ifPresent(file -> toFile(context, file.toString()));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void toFile(LoggerContext context, String file) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setName("file");
        appender.setFile(file);
        appender.setEncoder(encoder(context));
        appender.setRollingPolicy(rolling(context, appender, file));
        appender.setTriggeringPolicy(tenMegabytes(context));
        AtFirstLine atFirstLine = new AtFirstLine(appender);
        atFirstLine.setContext(context);
        atFirstLine.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(atFirstLine);
        context.getLogger("io.millrace").setLevel(Level.INFO);
        NOISY.forEach(logger -> context.getLogger(logger).setLevel(Level.ERROR));
    }

    private static PatternLayoutEncoder encoder(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{30} - %msg%n");
        encoder.start();
        return encoder;
    }

    /** The policies are started here, with the appender that they belong to set. */
    private static FixedWindowRollingPolicy rolling(
            LoggerContext context, RollingFileAppender<ILoggingEvent> appender, String file) {
        FixedWindowRollingPolicy policy = new FixedWindowRollingPolicy();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(file + ".%i");
        policy.setMinIndex(1);
        policy.setMaxIndex(3);
        policy.start();
        return policy;
    }

    private static SizeBasedTriggeringPolicy<ILoggingEvent> tenMegabytes(LoggerContext context) {
        SizeBasedTriggeringPolicy<ILoggingEvent> policy = new SizeBasedTriggeringPolicy<>();
        policy.setContext(context);
        policy.setMaxFileSize(FileSize.valueOf("10MB"));
        policy.start();
        return policy;
    }

    /** Opens the file when there is something to write. Appends come one at a time. */
    private static final class AtFirstLine extends AppenderBase<ILoggingEvent> {
        private final RollingFileAppender<ILoggingEvent> file;

        AtFirstLine(RollingFileAppender<ILoggingEvent> file) {
            this.file = file;
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (!file.isStarted()) {
                file.start();
            }
            file.doAppend(event);
        }
    }
}
