package io.moldau.broker.api;

import io.moldau.broker.config.ConfigChange;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.protocol.Errors;

/// Changes the levels of this process's loggers (KIP-412). They last as long as the process.
final class LoggerChanges {
    private static final String ROOT = "root";

    private final LogLevels levels;

    LoggerChanges(LogLevels levels) {
        this.levels = levels;
    }

    /// All steps are checked before the first one is taken.
    Reply change(List<ConfigChange.Step> steps, boolean validateOnly) {
        for (var step : steps) {
            var refusal = refusal(step);
            if (refusal.isPresent()) {
                return refusal.get();
            }
        }
        if (!validateOnly) {
            for (var step : steps) {
                levels.set(
                        step.name(),
                        step.op() == OpType.SET ? Optional.of(step.value()) : Optional.empty());
            }
        }
        return Reply.OK;
    }

    private Optional<Reply> refusal(ConfigChange.Step step) {
        if (!exists(step.name())) {
            return refused(Errors.INVALID_CONFIG, "There is no logger " + step.name() + ".");
        }
        return switch (step.op()) {
            case SET ->
                    step.value() != null && LogLevelConfig.VALID_LOG_LEVELS.contains(step.value())
                            ? Optional.empty()
                            : refused(
                                    Errors.INVALID_CONFIG,
                                    "The level of %s cannot be %s; it can be one of %s."
                                            .formatted(
                                                    step.name(),
                                                    step.value(),
                                                    LogLevelConfig.VALID_LOG_LEVELS));
            case DELETE ->
                    step.name().equals(ROOT)
                            ? refused(
                                    Errors.INVALID_REQUEST,
                                    "The root logger has no parent whose level it could take.")
                            : Optional.empty();
            case APPEND, SUBTRACT ->
                    refused(
                            Errors.INVALID_REQUEST,
                            "A level is no list, so " + step.op() + " means nothing.");
        };
    }

    /// A name that leads to loggers stands for all of them.
    private boolean exists(String name) {
        return levels.levels().keySet().stream()
                .anyMatch(logger -> logger.equals(name) || logger.startsWith(name + "."));
    }

    private static Optional<Reply> refused(Errors error, String message) {
        return Optional.of(new Reply(error, message));
    }
}
