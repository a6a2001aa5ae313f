package io.moldau.broker.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Keys that a Kafka broker knows and that have no effect here, each with the reason.
///
/// A key that gets its effect moves from here into one of the `*Settings`.
final class KafkaKeys {
    /// What a key would need, or why nothing here corresponds to it.
    enum Reason {
        TRANSACTIONS("has no effect yet: it waits for transactions"),
        SECURITY("has no effect yet: it waits for TLS, SASL and access control"),
        QUOTAS("has no effect yet: it waits for quotas"),
        REPLICATION("has no effect yet: it waits for " + TopicSettings.REPLICATION),
        GROUPS("has no effect yet: it waits for the newer kinds of groups"),
        TIERED("has no effect: there is no " + TopicSettings.TIERED_STORAGE),
        PLUGINS("has no effect: classes cannot be plugged in"),
        METRICS("has no effect yet: it waits for metrics"),
        DISKS("has no effect yet: it waits for the handling of failed disks"),
        BUILT_IN("is not needed: the metadata quorum is built in"),
        FIXED("has no effect: its default always holds"),
        NO_COUNTERPART("has no effect: nothing here corresponds to it");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    private static final Pattern BLANK = Pattern.compile(" ");
    private static final Map<String, Reason> KEYS = new LinkedHashMap<>();

    static {
        put(
                Reason.TRANSACTIONS,
                """
                add.partitions.to.txn.retry.backoff.max.ms add.partitions.to.txn.retry.backoff.ms
                transaction.abort.timed.out.transaction.cleanup.interval.ms
                transaction.max.timeout.ms transaction.partition.verification.enable
                transaction.remove.expired.transaction.cleanup.interval.ms
                transaction.state.log.load.buffer.size transaction.state.log.min.isr
                transaction.state.log.num.partitions transaction.state.log.replication.factor
                transaction.state.log.segment.bytes transaction.two.phase.commit.enable
                transactional.id.expiration.ms
                """);
        put(
                Reason.SECURITY,
                """
                allow.everyone.if.no.acl.found connection.failed.authentication.delay.ms
                connections.max.reauth.ms delegation.token.expiry.check.interval.ms
                delegation.token.expiry.time.ms delegation.token.max.lifetime.ms
                delegation.token.secret.key early.start.listeners principal.builder.class
                security.providers super.users
                """);
        put(
                Reason.QUOTAS,
                """
                alter.log.dirs.replication.quota.window.num
                alter.log.dirs.replication.quota.window.size.seconds client.quota.callback.class
                controller.quota.window.num controller.quota.window.size.seconds
                max.connection.creation.rate
                quota.window.num quota.window.size.seconds
                replica.alter.log.dirs.io.max.bytes.per.second replication.quota.window.num
                replication.quota.window.size.seconds
                """);
        put(
                Reason.REPLICATION,
                """
                unclean.leader.election.interval.ms
                """);
        put(
                Reason.GROUPS,
                """
                group.coordinator.rebalance.protocols
                """);
        put(
                Reason.TIERED,
                """
                follower.fetch.last.tiered.offset.enable log.local.retention.bytes
                log.local.retention.ms
                """);
        put(
                Reason.PLUGINS,
                """
                alter.config.policy.class.name config.providers create.topic.policy.class.name
                """);
        put(
                Reason.METRICS,
                """
                kafka.metrics.polling.interval.secs kafka.metrics.reporters metric.reporters
                metrics.num.samples metrics.recording.level metrics.sample.window.ms
                telemetry.max.bytes
                """);
        put(Reason.FIXED, "max.request.partition.size.limit");
        put(Reason.DISKS, "cordoned.log.dirs log.dir.failure.timeout.ms");
        put(
                Reason.BUILT_IN,
                """
                controller.performance.always.log.threshold.ms
                controller.performance.sample.period.ms controller.socket.timeout.ms
                initial.broker.registration.timeout.ms internal.metadata.delete.delay.millis
                internal.metadata.log.segment.bytes internal.metadata.max.batch.size.in.bytes
                metadata.log.max.record.bytes.between.snapshots
                metadata.log.max.snapshot.interval.ms metadata.log.segment.bytes
                metadata.log.segment.ms metadata.max.idle.interval.ms
                metadata.max.retention.bytes metadata.max.retention.ms process.roles
                """);
        put(
                Reason.NO_COUNTERPART,
                """
                background.threads broker.heartbeat.interval.ms
                delete.records.purgatory.purge.interval.requests
                fetch.purgatory.purge.interval.requests group.coordinator.append.linger.ms
                group.coordinator.background.threads group.coordinator.cached.buffer.max.bytes
                group.coordinator.threads log.flush.start.offset.checkpoint.interval.ms
                log.initial.task.delay.ms log.preallocate
                num.replica.alter.log.dirs.threads num.replica.fetchers
                offsets.commit.timeout.ms offsets.load.buffer.size
                offsets.topic.compression.codec producer.id.expiration.check.interval.ms
                producer.purgatory.purge.interval.requests queued.max.requests
                replica.fetch.backoff.ms replica.fetch.max.bytes replica.fetch.min.bytes
                replica.fetch.response.max.bytes replica.fetch.wait.max.ms
                replica.high.watermark.checkpoint.interval.ms
                replica.socket.receive.buffer.bytes replica.socket.timeout.ms request.timeout.ms
                server.max.startup.time.ms share.fetch.purgatory.purge.interval.requests
                socket.connection.setup.timeout.max.ms socket.connection.setup.timeout.ms
                unstable.api.versions.enable unstable.feature.versions.enable
                """);
    }

    private static final Map<String, Reason> PREFIXES = new LinkedHashMap<>();

    static {
        PREFIXES.put("controller.quorum.", Reason.BUILT_IN);
        PREFIXES.put("sasl.", Reason.SECURITY);
        PREFIXES.put("ssl.", Reason.SECURITY);
        PREFIXES.put("listener.name.", Reason.SECURITY);
        PREFIXES.put("group.consumer.", Reason.GROUPS);
        PREFIXES.put("group.share.", Reason.GROUPS);
        PREFIXES.put("group.streams.", Reason.GROUPS);
        PREFIXES.put("share.coordinator.", Reason.GROUPS);
        PREFIXES.put("errors.deadletterqueue.", Reason.GROUPS);
        PREFIXES.put("remote.", Reason.TIERED);
        PREFIXES.put("log.remote.", Reason.TIERED);
        PREFIXES.put("rsm.config.", Reason.TIERED);
        PREFIXES.put("rlmm.config.", Reason.TIERED);
        PREFIXES.put("config.providers.", Reason.PLUGINS);
    }

    private KafkaKeys() {}

    private static void put(Reason reason, String names) {
        names.lines().flatMap(BLANK::splitAsStream).forEach(name -> KEYS.put(name, reason));
    }

    static Optional<Reason> reason(String key) {
        return Optional.ofNullable(KEYS.get(key))
                .or(() ->
                        PREFIXES.entrySet().stream()
                                .filter(prefix -> key.startsWith(prefix.getKey()))
                                .map(Map.Entry::getValue)
                                .findFirst());
    }

    /// The sentence for a key that Kafka knows and that has no effect here.
    static Optional<String> warning(String key) {
        return reason(key).map(reason -> key + " " + reason.text + ".");
    }

    /// The names and, with a star, the prefixes, by their reason's words.
    static Map<String, Set<String>> byReason() {
        Map<String, Set<String>> byReason = new LinkedHashMap<>();
        KEYS.forEach(
                (key, why) -> byReason.computeIfAbsent(why.text, _ -> new TreeSet<>()).add(key));
        PREFIXES.forEach((prefix, why) ->
                byReason.computeIfAbsent(why.text, _ -> new TreeSet<>()).add(prefix + "*"));
        return byReason;
    }
}
