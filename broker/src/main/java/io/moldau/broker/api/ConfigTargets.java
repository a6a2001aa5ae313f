package io.moldau.broker.api;

import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/// Whose settings a client can ask this node for, and whose it can have changed.
final class ConfigTargets {
    private final MetadataAccess metadata;
    private final int self;

    ConfigTargets(MetadataAccess metadata, int self) {
        this.metadata = metadata;
        this.self = self;
    }

    /// Why the resource cannot be changed here; empty if it can. What the cluster lays over the
    /// settings of a node can be changed at any other.
    Optional<Reply> changeRefusal(ConfigResource resource) {
        return resource.type() == ConfigResource.Type.BROKER && isRegistered(resource.name())
                ? Optional.empty()
                : refusal(resource);
    }

    private boolean isRegistered(String name) {
        return metadata.image().nodes().keySet().stream()
                .anyMatch(id -> Integer.toString(id).equals(name));
    }

    /// Why the resource cannot be described here; empty if it can.
    Optional<Reply> refusal(ConfigResource resource) {
        var name = resource.name();
        return switch (resource.type()) {
            case TOPIC -> topicRefusal(name);
            case BROKER -> name.isEmpty() ? Optional.empty() : nodeRefusal(name);
            case BROKER_LOGGER -> nodeRefusal(name);
            case GROUP -> emptyName(name, "group");
            case CLIENT_METRICS -> emptyName(name, "client metrics subscription");
            case UNKNOWN -> refused("There are no settings of that type of resource.");
        };
    }

    private Optional<Reply> topicRefusal(String name) {
        var refusal = TopicNames.refusal(name);
        if (refusal.isPresent()) {
            return Optional.of(new Reply(Errors.INVALID_TOPIC_EXCEPTION, refusal.get()));
        }
        return metadata.image().topic(name) != null
                ? Optional.empty()
                : Optional.of(
                        new Reply(
                                Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                "The topic '%s' does not exist.".formatted(name)));
    }

    private Optional<Reply> nodeRefusal(String name) {
        return name.equals(Integer.toString(self))
                ? Optional.empty()
                : refused("This is node %d, but node '%s' was asked for.".formatted(self, name));
    }

    private static Optional<Reply> emptyName(String name, String what) {
        return name.isEmpty()
                ? refused("The name of the %s is empty.".formatted(what))
                : Optional.empty();
    }

    private static Optional<Reply> refused(String message) {
        return Optional.of(new Reply(Errors.INVALID_REQUEST, message));
    }
}
