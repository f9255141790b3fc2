// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.exit;

import io.millrace.client.MillraceException;
import io.millrace.core.refusal.Code;
import io.millrace.core.refusal.Reason;
import io.millrace.core.refusal.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/** Turns any failure into one line for a person and an exit code: the one place where that is decided. */
public final class Failures {
    private Failures() {}

    /** The failure that a command ends with. */
    public static CommandFailure of(Throwable thrown) {
        Throwable failure = unwrapped(thrown);
        if (failure instanceof CommandFailure already) {
            return already;
        }
        if (failure instanceof MillraceException e) {
            return new CommandFailure(exitCode(e.code()), sentence(e), e);
        }
        if (failure instanceof RefusedException e) {
            return new CommandFailure(
                    exitCode(e.refusal().reason().code()), e.refusal().sentence(), e);
        }
        if (failure instanceof TimeoutException) {
            return new CommandFailure(
                    ExitCode.DEADLINE, "no answer within the time allowed; allow more with --timeout", failure);
        }
        if (failure instanceof UncheckedIOException || failure instanceof IOException) {
            return new CommandFailure(ExitCode.FAILURE, text(failure), failure);
        }
        return new CommandFailure(ExitCode.FAILURE, "a fault of millrace itself: " + failure, failure);
    }

    /** The exit code that a refusal of this kind leads to. */
    public static ExitCode exitCode(Code code) {
        return switch (code) {
            case UNAVAILABLE -> ExitCode.UNREACHABLE;
            case PERMISSION_DENIED, UNAUTHENTICATED -> ExitCode.DENIED;
            case NOT_FOUND -> ExitCode.NOT_FOUND;
            case DEADLINE_EXCEEDED -> ExitCode.DEADLINE;
            case CANCELLED -> ExitCode.INTERRUPTED;
            case INVALID_ARGUMENT,
                    ALREADY_EXISTS,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL -> ExitCode.FAILURE;
        };
    }

    /** The two that everybody meets say what to type; the others what the catalogue says. */
    private static String sentence(MillraceException e) {
        if (e.is(Reason.SERVER_UNREACHABLE)) {
            return "nothing answers at " + e.metadata().getOrDefault("endpoint", "the endpoint")
                    + "; start a server with 'millrace serve', or name another one with --endpoint";
        }
        if (e.is(Reason.TOPIC_NOT_FOUND)) {
            return text(e) + "; create it with 'millrace topics create', or see 'millrace topics list'";
        }
        return joined(text(e), e.hint());
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable failure = Exceptions.unwrap(thrown);
        Throwable cause = failure.getCause();
        return (failure instanceof CompletionException || failure instanceof ExecutionException) && cause != null
                ? unwrapped(cause)
                : failure;
    }

    private static String text(Throwable failure) {
        @Nullable String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private static String joined(String message, String hint) {
        return hint.isEmpty() ? message : (message.endsWith(".") ? message : message + ".") + " " + hint;
    }
}
