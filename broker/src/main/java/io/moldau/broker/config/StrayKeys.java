package io.moldau.broker.config;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Keys found in brokers' settings that no broker knows any more, or never did: ZooKeeper's, those
/// of older Kafkas, those of clients, and misspelt ones.
final class StrayKeys {
    /// Keys that Kafka has dropped, and what to write instead; empty when nothing is needed.
    private static final Map<String, String> OBSOLETE = new TreeMap<>();

    static {
        OBSOLETE.put("advertised.host.name", "set advertised.listeners instead");
        OBSOLETE.put("advertised.port", "set advertised.listeners instead");
        OBSOLETE.put("auto.include.jmx.reporter", "");
        OBSOLETE.put("broker.id.generation.enable", "leave out node.id to be given one");
        OBSOLETE.put("control.plane.listener.name", "");
        OBSOLETE.put("controlled.shutdown.max.retries", "");
        OBSOLETE.put("controlled.shutdown.retry.backoff.ms", "");
        OBSOLETE.put("delegation.token.master.key", "");
        OBSOLETE.put("eligible.leader.replicas.enable", "");
        OBSOLETE.put("group.coordinator.new.enable", "");
        OBSOLETE.put("host.name", "set listeners instead");
        OBSOLETE.put("inter.broker.protocol.version", "nodes agree on a version by themselves");
        OBSOLETE.put("log.message.downconversion.enable", "");
        OBSOLETE.put("log.message.format.version", "records are kept in format v2");
        OBSOLETE.put(
                "log.message.timestamp.difference.max.ms",
                "set log.message.timestamp.before.max.ms and log.message.timestamp.after.max.ms"
                        + " instead");
        OBSOLETE.put("max.connection.creation.rate.per.ip", "");
        OBSOLETE.put("port", "set listeners instead");
        OBSOLETE.put("quota.consumer.default", "");
        OBSOLETE.put("quota.producer.default", "");
        OBSOLETE.put("replica.lag.max.messages", "");
        OBSOLETE.put("reserved.broker.max.id", "");
        OBSOLETE.put("metrics.jmx.exclude", "");
        OBSOLETE.put("metrics.jmx.include", "");
    }

    private static final Set<String> CLIENT =
            Pattern.compile("\\s+")
                    .splitAsStream(
                            """
                            acks allow.auto.create.topics auto.commit.interval.ms auto.offset.reset
                            batch.size bootstrap.controllers bootstrap.resolve.timeout.ms
                            bootstrap.servers buffer.memory buffer.memory.allocation.strategy check.crcs
                            client.dns.lookup client.id client.rack default.api.timeout.ms
                            delivery.timeout.ms enable.auto.commit enable.idempotence enable.metrics.push
                            exclude.internal.topics fetch.max.wait.ms fetch.min.bytes group.id
                            group.instance.id group.protocol group.remote.assignor heartbeat.interval.ms
                            interceptor.classes internal.throw.on.fetch.stable.offset.unsupported
                            isolation.level key.deserializer key.serializer linger.ms max.block.ms
                            max.in.flight.requests.per.connection max.partition.fetch.bytes
                            max.poll.interval.ms max.poll.records max.request.size
                            metadata.cluster.check.enable metadata.max.age.ms metadata.max.idle.ms
                            metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy
                            partition.assignment.strategy partitioner.adaptive.partitioning.enable
                            partitioner.availability.timeout.ms partitioner.class
                            partitioner.ignore.keys partitioner.rack.aware receive.buffer.bytes
                            reconnect.backoff.max.ms reconnect.backoff.ms retries retry.backoff.max.ms
                            retry.backoff.ms security.protocol send.buffer.bytes session.timeout.ms
                            share.acknowledgement.mode share.acquire.mode transaction.timeout.ms
                            transactional.id value.deserializer value.serializer
                            """)
                    .collect(Collectors.toUnmodifiableSet());

    private StrayKeys() {}

    /// The sentence for a key that is neither a setting nor one that Kafka's broker knows.
    static String warning(String key) {
        if (key.startsWith("zookeeper.")) {
            return key + " is not needed: the metadata quorum is built in.";
        }
        if (key.startsWith("password.encoder.")) {
            return key + " is obsolete and has no effect.";
        }
        String instead = OBSOLETE.get(key);
        if (instead != null) {
            return key
                    + " is obsolete and has no effect"
                    + (instead.isEmpty() ? "." : ": " + instead + ".");
        }
        if (CLIENT.contains(key)) {
            return key + " is a client's setting and has no effect in a broker.";
        }
        if (SettingTable.topic(key).isPresent()) {
            return topicSetting(key);
        }
        return key
                + " is not a known setting and has no effect"
                + nearest(key).map(name -> "; did you mean " + name + "?").orElse(".");
    }

    private static String topicSetting(String key) {
        return key
                + " is a topic's setting and has no effect in a broker"
                + SettingTable.topic(key)
                        .flatMap(topic -> topic.synonyms().stream().findFirst())
                        .map(synonym -> ": set " + synonym.name() + " instead.")
                        .orElse(".");
    }

    static Set<String> obsolete() {
        return OBSOLETE.keySet();
    }

    static boolean isClient(String key) {
        return CLIENT.contains(key);
    }

    /// The setting whose name is at most two slips away.
    private static Optional<String> nearest(String key) {
        Map<String, Integer> slips = new HashMap<>();
        SettingTable.broker().forEach(s -> slips.put(s.name(), slipsBetween(key, s.name())));
        return slips.entrySet().stream()
                .filter(entry -> entry.getValue() <= 2)
                .min(
                        Map.Entry.<String, Integer>comparingByValue()
                                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .map(Map.Entry::getKey);
    }

    /// Letters added, dropped, changed or swapped with their neighbour (optimal string alignment).
    static int slipsBetween(String one, String two) {
        int[][] slips = new int[one.length() + 1][two.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= two.length(); j++) {
                slips[i][j] = i == 0 || j == 0 ? i + j : fewest(slips, one, two, i, j);
            }
        }
        return slips[one.length()][two.length()];
    }

    private static int fewest(int[][] slips, String one, String two, int i, int j) {
        int changed = one.charAt(i - 1) == two.charAt(j - 1) ? 0 : 1;
        int least =
                Math.min(
                        slips[i - 1][j - 1] + changed,
                        1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && one.charAt(i - 1) == two.charAt(j - 2)
                        && one.charAt(i - 2) == two.charAt(j - 1);
        return swapped ? Math.min(least, slips[i - 2][j - 2] + 1) : least;
    }
}
