package io.moldau.broker.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether all that this node had acknowledged outlived its last stop.
///
/// The end of a process takes nothing with it: what was written is in the page cache, and so on the
/// disk in time. Only where the machine itself went down may the end of a log be missing. The
/// system's boot id tells the two apart; where there is none, a stop that was not orderly counts as
/// a loss.
final class LastStop {
    private static final Logger LOGGER = LoggerFactory.getLogger(LastStop.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final String FILE = "boot.id";

    private LastStop() {}

    /// @param orderly whether the logs were closed in order
    /// @return whether nothing was lost since the node ran before
    static boolean keptAll(Path directory, boolean orderly) {
        try {
            if (!Files.isReadable(BOOT_ID)) {
                return orderly;
            }
            var boot = Files.readString(BOOT_ID).strip();
            var file = directory.resolve(FILE);
            boolean sameBoot = Files.exists(file) && Files.readString(file).strip().equals(boot);
            return orderly || sameBoot;
        } catch (IOException unknown) {
            LOGGER.atWarn().setCause(unknown).log("cannot tell whether the machine was restarted");
            return orderly;
        }
    }

    /// Notes that the node runs on this boot of the machine. Only once the cluster knows what it
    /// came back with: a node that is killed before that must say again that it may have lost
    /// something.
    static void forget(Path directory) {
        try {
            if (Files.isReadable(BOOT_ID)) {
                Files.writeString(
                        directory.resolve(FILE), Files.readString(BOOT_ID).strip() + "\n");
            }
        } catch (IOException unknown) {
            LOGGER.atWarn().setCause(unknown).log("the machine's boot cannot be noted");
        }
    }
}
