package io.moldau.broker.api;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.ConfigChange;
import io.moldau.broker.config.ConfigChanges;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.Errors;

/// Turns a wish for a topic into a command: defaults filled in, settings and assignment checked.
/// What depends on the other topics and the nodes is left to the command's decision.
public final class NewTopics {
    private static final int BY_DEFAULT = -1;

    private final MetadataAccess metadata;
    private final Supplier<BrokerConfig> settings;

    /// @param settings the broker's settings in force
    public NewTopics(MetadataAccess metadata, Supplier<BrokerConfig> settings) {
        this.metadata = metadata;
        this.settings = settings;
    }

    /// What a wish comes to before anything is decided.
    sealed interface Order {
        record Placeable(CreateTopic command) implements Order {}

        record Refused(Errors error, String message) implements Order {}
    }

    boolean createsOnDemand() {
        return settings.get().getBoolean("auto.create.topics.enable");
    }

    /// Creates a topic because somebody asked for it: the broker's defaults hold.
    CompletableFuture<Outcome> createOnDemand(String name) {
        return metadata.submitForAll(
                command(name, BY_DEFAULT, (short) BY_DEFAULT, List.of(), Map.of()));
    }

    /// Checks all of `wish` that the other topics have no part in.
    Order order(CreatableTopic wish) {
        if (TopicNames.isReserved(wish.name())) {
            return new Order.Refused(
                    Errors.INVALID_REQUEST,
                    "The name %s is kept for the cluster's own metadata.".formatted(wish.name()));
        }
        var refusal = TopicNames.refusal(wish.name());
        if (refusal.isPresent()) {
            return new Order.Refused(Errors.INVALID_TOPIC_EXCEPTION, refusal.get());
        }
        var assignment = assignment(wish);
        if (assignment instanceof Assignment.Refused(var error, var message)) {
            return new Order.Refused(error, message);
        }
        var replicas = ((Assignment.Given) assignment).replicas();
        Map<String, String> configs = new LinkedHashMap<>();
        wish.configs().forEach(config -> configs.put(config.name(), config.value()));
        return nullValue(configs)
                .<Order>map(name ->
                        new Order.Refused(
                                Errors.INVALID_CONFIG,
                                "The topic setting %s needs a value.".formatted(name)))
                .orElseGet(() -> placeable(wish, replicas, configs));
    }

    private static Optional<String> nullValue(Map<String, String> configs) {
        return configs.entrySet().stream()
                .filter(config -> config.getValue() == null)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Order placeable(
            CreatableTopic wish, List<List<Integer>> replicas, Map<String, String> configs) {
        return switch (new ConfigChanges(settings.get()).replaceTopic(configs)) {
            case ConfigChange.Refused(var error, var message) -> new Order.Refused(error, message);
            case ConfigChange.Accepted(var overrides) ->
                    new Order.Placeable(
                            command(
                                    wish.name(),
                                    wish.numPartitions(),
                                    wish.replicationFactor(),
                                    replicas,
                                    overrides));
        };
    }

    private CreateTopic command(
            String name,
            int partitions,
            short replicationFactor,
            List<List<Integer>> assignment,
            Map<String, String> configs) {
        var config = settings.get();
        return new CreateTopic(
                name,
                Uuid.randomUuid(),
                partitions == BY_DEFAULT ? config.getInt("num.partitions") : partitions,
                replicationFactor == BY_DEFAULT
                        ? (short) config.getInt("default.replication.factor")
                        : replicationFactor,
                assignment,
                configs,
                ThreadLocalRandom.current().nextLong());
    }

    private sealed interface Assignment {
        record Given(List<List<Integer>> replicas) implements Assignment {}

        record Refused(Errors error, String message) implements Assignment {}
    }

    /// The replicas as the client laid them out, by partition; empty when it did not.
    private static Assignment assignment(CreatableTopic wish) {
        var given = wish.assignments();
        if (given.isEmpty()) {
            return new Assignment.Given(List.of());
        }
        if (wish.numPartitions() != BY_DEFAULT || wish.replicationFactor() != BY_DEFAULT) {
            return new Assignment.Refused(
                    Errors.INVALID_REQUEST,
                    "With an assignment, the number of partitions and the replication factor"
                            + " must both be -1.");
        }
        var replicas = new ArrayList<List<Integer>>();
        for (int i = 0; i < given.size(); i++) {
            var forPartition = given.findAll(i);
            if (forPartition.size() != 1) {
                return new Assignment.Refused(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "An assignment of %d partitions must name each from 0 to %d once; it"
                                        .formatted(given.size(), given.size() - 1)
                                + " names %d %d times.".formatted(i, forPartition.size()));
            }
            replicas.add(List.copyOf(forPartition.getFirst().brokerIds()));
        }
        return new Assignment.Given(replicas);
    }
}
