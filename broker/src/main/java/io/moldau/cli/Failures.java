package io.moldau.cli;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// Turns whatever was thrown into a sentence and an exit status.
final class Failures {
    private Failures() {}

    static CliException explained(Throwable failure) {
        return switch (unwrapped(failure)) {
            case CliException said -> said;
            case InterruptException _, InterruptedException _ ->
                    CliException.failure("Interrupted.");
            case TimeoutException late ->
                    CliException.failure(
                            "The broker did not answer in time (%s)."
                                    .formatted(withoutStop(late.getMessage())));
            case UnknownTopicOrPartitionException _ ->
                    CliException.failure("There is no such topic or partition.");
            case UnsupportedVersionException unsupported ->
                    CliException.failure(
                            "The broker does not serve what this command needs (%s)."
                                    .formatted(withoutStop(unsupported.getMessage())));
            case AuthenticationException refused ->
                    CliException.failure(
                            "The broker refused the login (%s)."
                                    .formatted(withoutStop(refused.getMessage())));
            case KafkaException refused -> CliException.failure(sentence(refused));
            case UncheckedIOException io -> CliException.failure(sentence(io.getCause()));
            case IllegalArgumentException wrong -> CliException.usage(sentence(wrong));
            case Throwable other ->
                    CliException.failure(other.getClass().getSimpleName() + ": " + sentence(other));
        };
    }

    /// The innermost exception that says something of its own.
    static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null
                && (inner instanceof ExecutionException
                        || inner instanceof CompletionException
                        || inner.getClass() == KafkaException.class)) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static String sentence(Throwable failure) {
        var message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName() + "."
                : withoutStop(message) + ".";
    }

    private static String withoutStop(String message) {
        return message == null
                ? "no reason given"
                : message.strip().replaceAll("\\s*\\n\\s*", " ").replaceAll("\\.$", "");
    }
}
