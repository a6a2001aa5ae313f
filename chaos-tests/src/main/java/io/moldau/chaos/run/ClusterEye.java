package io.moldau.chaos.run;

import io.moldau.chaos.timeline.ClusterSample;
import io.moldau.chaos.timeline.ClusterSample.PartitionSample;
import io.moldau.chaos.timeline.RunClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/// Who leads and who is in sync, as an operator's admin client sees it. Any thread.
public final class ClusterEye implements AutoCloseable {
    private static final long PATIENCE_MS = 4_000;

    private final Admin admin;
    private final List<String> topics;
    private final RunClock clock;
    private volatile ClusterSample latest;

    /// @param topics whose partitions are looked at
    public ClusterEye(String bootstrap, Collection<String> topics, RunClock clock) {
        this.topics = List.copyOf(topics);
        this.clock = clock;
        this.latest = new ClusterSample(0, -1, List.of());
        this.admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers", bootstrap,
                                "client.id", "chaos-eye",
                                "reconnect.backoff.max.ms", "200",
                                "request.timeout.ms", "1500",
                                "default.api.timeout.ms", Long.toString(PATIENCE_MS)));
    }

    public Admin admin() {
        return admin;
    }

    /// The last that was seen; without partitions when nothing was yet.
    public ClusterSample latest() {
        return latest;
    }

    /// Asks now. Empty when nobody answers.
    public Optional<ClusterSample> look() {
        long askedNanos = clock.nanos();
        var described = answer(admin.describeTopics(topics).allTopicNames());
        if (described.isEmpty()) {
            return Optional.empty();
        }
        var partitions =
                described.get().values().stream()
                        .sorted(Comparator.comparing(TopicDescription::name))
                        .flatMap(topic ->
                                topic.partitions().stream().map(p -> sample(topic.name(), p)))
                        .toList();
        var seen = new ClusterSample(askedNanos, controller().orElse(-1), partitions);
        latest = seen;
        return Optional.of(seen);
    }

    private static PartitionSample sample(String topic, TopicPartitionInfo partition) {
        var leader = partition.leader();
        return new PartitionSample(
                topic + "-" + partition.partition(),
                leader == null || leader.isEmpty() ? -1 : leader.id(),
                ids(partition.isr()),
                ids(partition.replicas()));
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    /// The node that leads the metadata quorum.
    public OptionalInt controller() {
        return answer(admin.describeMetadataQuorum().quorumInfo())
                .map(quorum -> OptionalInt.of(quorum.leaderId()))
                .filter(id -> id.getAsInt() >= 0)
                .orElseGet(OptionalInt::empty);
    }

    /// Waits until all replicas of all partitions are in sync.
    ///
    /// @return whether that came in time
    public boolean awaitWhole(Duration limit) throws InterruptedException {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            if (look().filter(ClusterEye::isWhole).isPresent()) {
                return true;
            }
            if (System.nanoTime() - endNanos > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /// Whether every partition has a leader, and all its replicas are in sync.
    public static boolean isWhole(ClusterSample sample) {
        return !sample.partitions().isEmpty()
                && sample.partitions().stream()
                        .allMatch(p -> p.leaderId() >= 0 && p.isr().size() == p.replicas().size());
    }

    /// Names of partitions that lack something, for a sentence.
    public static List<String> lacking(ClusterSample sample) {
        var names = new ArrayList<String>();
        for (var partition : sample.partitions()) {
            if (partition.leaderId() < 0 || partition.isr().size() != partition.replicas().size()) {
                names.add(
                        "%s (leader %d, in sync %s of %s)"
                                .formatted(
                                        partition.name(),
                                        partition.leaderId(),
                                        partition.isr(),
                                        partition.replicas()));
            }
        }
        return names;
    }

    /// What comes of a question within some seconds; empty when nothing does.
    public static <T> Optional<T> answer(KafkaFuture<T> future) {
        try {
            return Optional.of(future.get(PATIENCE_MS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException nobody) {
            return Optional.empty();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
