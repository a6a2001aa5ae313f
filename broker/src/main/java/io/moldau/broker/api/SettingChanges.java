package io.moldau.broker.api;

import io.moldau.broker.config.BrokerConfig;
import io.moldau.broker.config.ConfigChange;
import io.moldau.broker.config.ConfigChange.Step;
import io.moldau.broker.config.ConfigChanges;
import io.moldau.broker.config.ResourceSettings;
import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.AlterConfigs;
import io.moldau.metadata.MetadataCommand.ConfigOp;
import io.moldau.metadata.MetadataMachine;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/// Checks changes of settings and has them made: what AlterConfigs and IncrementalAlterConfigs
/// share.
public final class SettingChanges {
    private static final Reply NAMED_TWICE =
            new Reply(Errors.INVALID_REQUEST, "The request names this resource twice.");

    private final MetadataAccess metadata;
    private final Supplier<BrokerConfig> settings;
    private final ConfigTargets targets;
    private final LoggerChanges loggers;

    /// @param settings the broker's settings in force
    public SettingChanges(
            int self, MetadataAccess metadata, Supplier<BrokerConfig> settings, LogLevels levels) {
        this.metadata = metadata;
        this.settings = settings;
        targets = new ConfigTargets(metadata, self);
        loggers = new LoggerChanges(levels);
    }

    /// Changes the resources of a request, each on its own; where it names one twice, the second is
    /// refused.
    ///
    /// @param target the resource that one part of the request is about
    static <R, A> CompletableFuture<List<A>> each(
            Collection<R> resources,
            Function<R, ConfigResource> target,
            BiFunction<R, ConfigResource, CompletableFuture<Reply>> change,
            BiFunction<R, Reply, A> answer) {
        var seen = new HashSet<ConfigResource>();
        return Futures.inOrder(
                resources.stream()
                        .map(resource -> {
                            var name = target.apply(resource);
                            var reply =
                                    seen.add(name)
                                            ? change.apply(resource, name)
                                            : Futures.done(NAMED_TWICE);
                            return reply.thenApply(known -> answer.apply(resource, known));
                        })
                        .toList());
    }

    static ConfigResource target(byte type, String name) {
        return new ConfigResource(ConfigResource.Type.forId(type), name);
    }

    /// Changes single settings.
    CompletableFuture<Reply> change(
            ConfigResource resource, List<Step> steps, boolean validateOnly) {
        var refusal = targets.changeRefusal(resource);
        if (refusal.isPresent()) {
            return Futures.done(refusal.get());
        }
        if (resource.type() == ConfigResource.Type.BROKER_LOGGER) {
            return Futures.done(loggers.change(steps, validateOnly));
        }
        var current = metadata.image().configs(resource);
        return switch (checked(resource.type(), current, steps)) {
            case ConfigChange.Refused(var error, var message) ->
                    Futures.done(new Reply(error, message));
            case ConfigChange.Accepted(var after) ->
                    apply(
                            new AlterConfigs(
                                    resource,
                                    steps.stream()
                                            .map(step -> command(resource.type(), step, after))
                                            .toList(),
                                    false),
                            validateOnly);
        };
    }

    /// Replaces all of a resource's settings.
    CompletableFuture<Reply> replace(
            ConfigResource resource, List<Step> assignments, boolean validateOnly) {
        var refusal = targets.changeRefusal(resource).or(() -> replaceable(resource));
        if (refusal.isPresent()) {
            return Futures.done(refusal.get());
        }
        return switch (checked(resource.type(), Map.of(), assignments)) {
            case ConfigChange.Refused(var error, var message) ->
                    Futures.done(new Reply(error, message));
            case ConfigChange.Accepted(var after) ->
                    apply(
                            new AlterConfigs(
                                    resource,
                                    after.entrySet().stream()
                                            .map(entry ->
                                                    MetadataCommand.ConfigChange.set(
                                                            entry.getKey(), entry.getValue()))
                                            .toList(),
                                    true),
                            validateOnly);
        };
    }

    private static Optional<Reply> replaceable(ConfigResource resource) {
        return resource.type() == ConfigResource.Type.BROKER_LOGGER
                ? Optional.of(
                        new Reply(
                                Errors.INVALID_REQUEST,
                                "Levels of loggers are changed one by one, with"
                                        + " IncrementalAlterConfigs."))
                : Optional.empty();
    }

    private ConfigChange checked(
            ConfigResource.Type type, Map<String, String> current, List<Step> steps) {
        var changes = new ConfigChanges(settings.get());
        return switch (type) {
            case TOPIC -> changes.topic(current, steps);
            case BROKER -> changes.broker(current, steps);
            case GROUP -> ConfigChanges.resource(ResourceSettings.GROUP, current, steps);
            case CLIENT_METRICS ->
                    ConfigChanges.resource(ResourceSettings.CLIENT_METRICS, current, steps);
            case BROKER_LOGGER, UNKNOWN ->
                    throw new IllegalStateException(type + " should have been refused");
        };
    }

    /// Lists are changed where the command is decided, so that two clients who each append
    /// something at the same time both find it there.
    private MetadataCommand.ConfigChange command(
            ConfigResource.Type type, Step step, Map<String, String> after) {
        var name = step.name();
        return switch (step.op()) {
            case SET -> MetadataCommand.ConfigChange.set(name, after.get(name));
            case DELETE -> MetadataCommand.ConfigChange.delete(name);
            case APPEND ->
                    new MetadataCommand.ConfigChange(
                            name, ConfigOp.APPEND, step.value(), fallback(type, name));
            case SUBTRACT ->
                    new MetadataCommand.ConfigChange(
                            name, ConfigOp.SUBTRACT, step.value(), fallback(type, name));
        };
    }

    /// What a list starts from while it is not set: appending nothing shows it.
    private String fallback(ConfigResource.Type type, String name) {
        var nothing = List.of(new Step(OpType.APPEND, name, ""));
        return checked(type, Map.of(), nothing) instanceof ConfigChange.Accepted(var lists)
                ? lists.get(name)
                : "";
    }

    private CompletableFuture<Reply> apply(AlterConfigs command, boolean validateOnly) {
        return validateOnly
                ? Futures.done(
                        Reply.of(MetadataMachine.decide(command, metadata.image()).outcome()))
                : metadata.submit(command).thenApply(Reply::of);
    }
}
