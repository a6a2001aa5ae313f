package io.moldau.env.sim;

import java.util.Map;
import java.util.TreeMap;

/// A directory's entries as the process sees them, and as the platter has them. An entry is a
/// [SimFile] or a [SimFolder].
final class SimFolder {
    Map<String, Object> entries = new TreeMap<>();
    private final Map<String, Object> durable = new TreeMap<>();

    /// One change of names that happens as a whole: `gone` goes, `made` comes. Either may be null.
    record Change(SimFolder folder, String gone, String made, Object node) {
        void carryOut() {
            apply(folder.entries);
        }

        void makeDurable() {
            apply(folder.durable);
        }

        private void apply(Map<String, Object> entries) {
            if (gone != null) {
                entries.remove(gone);
            }
            if (made != null) {
                entries.put(made, node);
            }
        }
    }

    /// What is not durable is forgotten, here and below.
    void crash() {
        entries = new TreeMap<>(durable);
        for (var node : entries.values()) {
            if (node instanceof SimFolder folder) {
                folder.crash();
            }
        }
    }
}
