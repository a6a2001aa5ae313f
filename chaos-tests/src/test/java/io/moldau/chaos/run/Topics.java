package io.moldau.chaos.run;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/// Topics to test with.
public final class Topics {
    private Topics() {}

    /// Creates a topic and waits until all its partitions are led.
    ///
    /// Kafka tells clients of a leader before that leader is ready. A producer whose first batch
    /// comes too early and whose second does not is then out of sequence for good, which would be
    /// Kafka's fault and not the client's.
    public static void create(String bootstrap, String name, int partitions) {
        create(bootstrap, new NewTopic(name, partitions, (short) 1));
    }

    /// The same with whatever replicas and settings the topic asks for.
    public static void create(String bootstrap, NewTopic topic) {
        var name = topic.name();
        int partitions = topic.numPartitions();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            get(admin.createTopics(List.of(topic)).all());
            var queries =
                    IntStream.range(0, partitions)
                            .mapToObj(p -> new TopicPartition(name, p))
                            .collect(
                                    Collectors.toMap(
                                            Function.identity(), _ -> OffsetSpec.latest()));
            await(name + " is led")
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .until(() -> get(admin.listOffsets(queries).all()).size() == partitions);
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
