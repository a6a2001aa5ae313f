package io.moldau.quorum;

import io.moldau.metadata.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutionException;
import org.apache.ratis.util.ExitUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From a directory to a quorum that has caught up.
final class QuorumStart {
    private static final Logger LOGGER = LoggerFactory.getLogger(QuorumStart.class);

    private QuorumStart() {}

    static MetadataQuorum start(QuorumConfig config) {
        warmUp();
        keepTheProcessOurs();
        QuorumDirectory directory;
        try {
            directory = QuorumDirectory.open(config);
        } catch (IOException failed) {
            throw cannotUse(config, failed);
        }
        var quorum = new MetadataQuorum(config, directory);
        try {
            quorum.open();
            catchUp(quorum, config);
            return quorum;
        } catch (IOException | RuntimeException failed) {
            closeQuietly(quorum, failed);
            throw failed instanceof QuorumStartException refusal
                    ? refusal
                    : cannotUse(config, failed);
        }
    }

    /// A fifth of a cold start is the JVM's management beans, which Ratis registers with, and the
    /// message classes: they are set up beside the rest.
    private static void warmUp() {
        Thread.ofPlatform()
                .name("quorum-warm-up")
                .daemon(true)
                .start(() -> {
                    ManagementFactory.getPlatformMBeanServer();
                    Batch.warmUp();
                });
    }

    /// Ratis would end the process itself, and takes over what becomes of uncaught exceptions in
    /// all of it. Both are for the process to judge.
    private static void keepTheProcessOurs() {
        var handler = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }

    /// The first command: when it is decided, so is all that was in the log before.
    private static void catchUp(MetadataQuorum quorum, QuorumConfig config) {
        while (true) {
            try {
                if (quorum.firstCommand().get() instanceof Outcome.Refused refused) {
                    throw new QuorumStartException(
                            "The metadata in %s belongs elsewhere: %s"
                                    .formatted(config.dir(), refused.message()));
                }
                return;
            } catch (ExecutionException notYet) {
                quorum.failed()
                        .ifPresent(reason -> {
                            throw new QuorumStartException(reason, notYet);
                        });
                LOGGER.atInfo()
                        .addKeyValue("voters", quorum.membership().voters())
                        .log("waiting for a majority of the metadata quorum");
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new QuorumStartException(
                        "The start of the metadata quorum was cut short.", stopped);
            }
        }
    }

    private static QuorumStartException cannotUse(QuorumConfig config, Exception failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new QuorumStartException(
                "The metadata quorum cannot start in %s: %s."
                        .formatted(config.dir(), root.getMessage()),
                failed);
    }

    private static void closeQuietly(AutoCloseable closeable, Exception because) {
        try {
            closeable.close();
        } catch (Exception alsoFailed) {
            because.addSuppressed(alsoFailed);
        }
    }
}
