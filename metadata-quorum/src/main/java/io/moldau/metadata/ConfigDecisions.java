package io.moldau.metadata;

import static io.moldau.metadata.MetadataMachine.done;
import static io.moldau.metadata.MetadataMachine.refused;

import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.ConfigChange;
import io.moldau.metadata.MetadataMachine.Decision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides changes of configuration. Whether a value is any good the broker has checked before.
final class ConfigDecisions {
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private ConfigDecisions() {}

    static Decision alter(AlterConfigs command, ClusterImage image) {
        var refusal = refusal(command.resource(), image);
        if (refusal != null) {
            return new Decision(image, refusal);
        }
        var before = image.configs(command.resource());
        Map<String, String> after = new HashMap<>();
        if (!command.replaceAll()) {
            after.putAll(before);
        }
        for (var change : command.changes()) {
            if (change.op() != MetadataCommand.ConfigOp.DELETE && change.value() == null) {
                return refused(
                        image,
                        Errors.INVALID_CONFIG,
                        "No value is given for %s.".formatted(change.name()));
            }
            change(change, after);
        }
        if (after.equals(before)) {
            return done(image);
        }
        var changed = new ImageEdit(image).configs(command.resource(), after).done();
        return done(
                PartitionRules.differ(before, after)
                        ? withRules(changed, command.resource())
                        : changed);
    }

    /// Another `min.insync.replicas` may end that replicas are eligible; allowing an unclean
    /// election may bring a leader.
    private static ClusterImage withRules(ClusterImage image, ConfigResource resource) {
        if (resource.type() != ConfigResource.Type.TOPIC) {
            return PartitionSweep.over(image, ConfigDecisions::inTrouble, _ -> {});
        }
        var topic = Objects.requireNonNull(image.topic(resource.name()));
        var changed = PartitionSweep.over(topic, image, ConfigDecisions::inTrouble, _ -> {});
        return changed == null ? image : new ImageEdit(image).put(changed).done();
    }

    private static boolean inTrouble(PartitionImage partition) {
        return partition.leader() == PartitionImage.NO_LEADER || !partition.elr().isEmpty();
    }

    private static Outcome.@Nullable Refused refusal(ConfigResource resource, ClusterImage image) {
        return switch (resource.type()) {
            case TOPIC -> topicRefusal(resource.name(), image);
            case BROKER -> resource.isDefault() ? null : nodeRefusal(resource.name(), image);
            case GROUP, CLIENT_METRICS -> null;
            case BROKER_LOGGER, UNKNOWN ->
                    new Outcome.Refused(
                            Errors.INVALID_REQUEST,
                            "Settings of a %s are not kept by the cluster."
                                    .formatted(resource.type()));
        };
    }

    private static Outcome.@Nullable Refused topicRefusal(String topic, ClusterImage image) {
        return image.topic(topic) != null
                ? null
                : new Outcome.Refused(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "The topic '%s' does not exist.".formatted(topic));
    }

    private static Outcome.@Nullable Refused nodeRefusal(String id, ClusterImage image) {
        return isNode(id, image)
                ? null
                : new Outcome.Refused(
                        Errors.BROKER_ID_NOT_REGISTERED,
                        "No node with id %s is registered.".formatted(id));
    }

    private static boolean isNode(String name, ClusterImage image) {
        for (int id : image.nodes().keySet()) {
            if (name.equals(Integer.toString(id))) {
                return true;
            }
        }
        return false;
    }

    private static void change(ConfigChange change, Map<String, String> overrides) {
        switch (change.op()) {
            case SET -> overrides.put(change.name(), change.value());
            case DELETE -> overrides.remove(change.name());
            case APPEND -> {
                var items = items(overrides.getOrDefault(change.name(), change.fallback()));
                for (var item : items(change.value())) {
                    if (!items.contains(item)) {
                        items.add(item);
                    }
                }
                overrides.put(change.name(), joined(items));
            }
            case SUBTRACT -> {
                var items = items(overrides.getOrDefault(change.name(), change.fallback()));
                items.removeAll(items(change.value()));
                overrides.put(change.name(), joined(items));
            }
        }
    }

    private static List<String> items(@Nullable String list) {
        var items = new ArrayList<String>();
        if (list != null && !list.isBlank()) {
            items.addAll(COMMA.splitAsStream(list.strip()).toList());
        }
        return items;
    }

    private static String joined(Collection<String> items) {
        return String.join(",", items);
    }
}
