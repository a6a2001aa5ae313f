package io.moldau.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;

/// Settings to set and to delete, as the admin client wants them.
final class ConfigChanges {
    private ConfigChanges() {}

    static Collection<AlterConfigOp> of(
            Map<String, String> settings, Collection<String> deletions) {
        var changes = new ArrayList<AlterConfigOp>();
        settings.forEach((name, value) ->
                changes.add(
                        new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        for (var name : deletions) {
            changes.add(
                    new AlterConfigOp(new ConfigEntry(name, null), AlterConfigOp.OpType.DELETE));
        }
        return changes;
    }
}
