package org.apache.kafka.clients.consumer.internals;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.LogContext;

/// The part of Kafka's own consumer that takes the records out of an answer and leaves out those of
/// aborted transactions. In Kafka's package, since it is not to be had otherwise.
public final class CommittedReader {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Metrics METRICS = new Metrics();
    private static final FetchMetricsManager MANAGER =
            new FetchMetricsManager(METRICS, new FetchMetricsRegistry());
    private static final FetchConfig CONFIG =
            new FetchConfig(
                    1,
                    1 << 20,
                    0,
                    1 << 20,
                    Integer.MAX_VALUE,
                    true,
                    "",
                    IsolationLevel.READ_COMMITTED);

    private final SubscriptionState subscriptions =
            new SubscriptionState(new LogContext(), AutoOffsetResetStrategy.EARLIEST);
    private final List<String> values = new ArrayList<>();

    public CommittedReader() {
        subscriptions.assignFromUser(Set.of(PARTITION));
    }

    /// Takes what an answer to a fetch from `offset` on holds. Returns where to go on.
    public long take(PartitionData answer, long offset) {
        var fetch =
                new CompletedFetch(
                        new LogContext().logger(CommittedReader.class),
                        subscriptions,
                        BufferSupplier.NO_CACHING,
                        PARTITION,
                        answer,
                        new FetchMetricsAggregator(MANAGER, Set.of(PARTITION)),
                        offset);
        try (var strings =
                new Deserializers<>(new StringDeserializer(), new StringDeserializer(), METRICS)) {
            var records = fetch.fetchRecords(CONFIG, strings, 100);
            while (!records.isEmpty()) {
                records.forEach(record -> values.add(record.offset() + "=" + record.value()));
                records = fetch.fetchRecords(CONFIG, strings, 100);
            }
        }
        return fetch.nextFetchOffset();
    }

    /// All that was taken, as `offset=value`.
    public List<String> values() {
        return values;
    }
}
