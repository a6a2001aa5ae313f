package io.moldau.broker.api;

import io.moldau.metadata.Outcome;
import org.apache.kafka.common.protocol.Errors;

/// What became of one item of a request.
///
/// @param message null when all is well
record Reply(Errors error, String message) {
    static final Reply OK = new Reply(Errors.NONE, null);

    static Reply of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Refused(var error, var message) -> new Reply(error, message);
            case Outcome.Accepted _ -> OK;
        };
    }

    boolean isError() {
        return error != Errors.NONE;
    }
}
