package io.moldau.cli;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the nodes say of their disks, in a word or two each.
final class DiskStates {
    private static final Logger LOGGER = LoggerFactory.getLogger(DiskStates.class);

    private DiskStates() {}

    /// @param nodeIds of nodes that are alive
    static Map<Integer, String> ask(Admin admin, Collection<Integer> nodeIds)
            throws InterruptedException {
        var answers = admin.describeLogDirs(nodeIds).descriptions();
        var states = new TreeMap<Integer, String>();
        for (var answer : answers.entrySet()) {
            try {
                states.put(answer.getKey(), of(answer.getValue().get().values()));
            } catch (ExecutionException silent) {
                LOGGER.atDebug().setCause(silent).log("disks unknown");
            }
        }
        return states;
    }

    static String of(Collection<LogDirDescription> directories) {
        long failed = directories.stream().filter(dir -> dir.error() != null).count();
        if (failed > 0) {
            return "%d of %d offline".formatted(failed, directories.size());
        }
        return directories.stream().anyMatch(LogDirDescription::isCordoned) ? "full" : "ok";
    }
}
