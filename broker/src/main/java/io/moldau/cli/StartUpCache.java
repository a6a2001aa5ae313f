package io.moldau.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file from which the JVM starts faster, made for this executable and this Java when there is
/// none: by a process of its own, at the lowest priority, and never in the way of what was asked.
///
/// The launcher decides which file is used and says in `MOLDAU_AOT_FILE` where a missing one goes.
final class StartUpCache {
    private static final Logger LOGGER = LoggerFactory.getLogger(StartUpCache.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration ATTEMPT_LASTS_AT_MOST = Duration.ofMinutes(10);
    private static final String RECIPE =
            "nice -n 19 \"$0\" --train \"$1.new\" && mv -f \"$1.new\" \"$1\"; rm -f \"$1.lock\"";

    private StartUpCache() {}

    /// Once the node has been serving for a while: its first seconds are the operator's.
    static void makeLater() {
        if (isMissing()) {
            Thread.ofPlatform()
                    .daemon()
                    .name("start-up-cache")
                    .start(() -> {
                        try {
                            Thread.sleep(PATIENCE);
                            makeNow();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
    }

    /// Starts making it and returns.
    static void makeNow() {
        if (!isMissing()) {
            return;
        }
        var file = Path.of(System.getenv("MOLDAU_AOT_FILE"));
        try {
            Files.createDirectories(file.getParent());
            if (claim(file.resolveSibling(file.getFileName() + ".lock"))) {
                new ProcessBuilder(
                                "sh",
                                "-c",
                                RECIPE,
                                System.getProperty("moldau.executable"),
                                file.toString())
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            }
        } catch (IOException e) {
            // A home that cannot be written to: every start is as slow as this one, and works.
            LOGGER.atDebug().addKeyValue("file", file).setCause(e).log("no start-up cache made");
        }
    }

    /// The JVM drops a cache that does not fit without a word; it then shares no classes at all.
    private static boolean isMissing() {
        return System.getenv("MOLDAU_AOT_FILE") != null
                && System.getProperty("moldau.executable") != null
                && (System.getProperty("moldau.aot") == null
                        || !System.getProperty("java.vm.info", "").contains("sharing"));
    }

    private static boolean claim(Path lock) throws IOException {
        try {
            Files.createFile(lock);
            return true;
        } catch (FileAlreadyExistsException held) {
            var begun = Files.getLastModifiedTime(lock).toInstant();
            if (begun.isBefore(Instant.now().minus(ATTEMPT_LASTS_AT_MOST))) {
                Files.deleteIfExists(lock); // Its maker was killed; the next start tries again.
            }
            return false;
        }
    }
}
