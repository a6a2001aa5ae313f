package io.moldau.broker.fetch;

import io.moldau.broker.partition.FetchItem;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;

/// One partition of a fetch, as the client last described it. In a session it outlives the request.
public final class FetchTarget {
    /// @param topicId zero where the request names topics
    /// @param topic empty where the request gives ids
    record Key(Uuid topicId, String topic, int partition) {}

    private final Key key;
    private long fetchOffset;
    private int bytesMax;
    private int currentLeaderEpoch;
    private int lastFetchedEpoch;
    private long toldHighWatermark = -1;
    private long toldLogStartOffset = -1;

    FetchTarget(Key key, FetchPartition asked) {
        this.key = key;
        update(asked);
    }

    void update(FetchPartition asked) {
        fetchOffset = asked.fetchOffset();
        bytesMax = asked.partitionMaxBytes();
        currentLeaderEpoch = asked.currentLeaderEpoch();
        lastFetchedEpoch = asked.lastFetchedEpoch();
    }

    /// True if an incremental answer must name this partition; remembers what the client will know
    /// by then.
    boolean isNews(FetchItem found, boolean hasRecords) {
        boolean moved =
                found.highWatermark() != toldHighWatermark
                        || found.logStartOffset() != toldLogStartOffset;
        toldHighWatermark = found.highWatermark();
        toldLogStartOffset = found.logStartOffset();
        boolean failed = found.error().code() != 0;
        if (failed) {
            // Told again and again until it is over.
            toldHighWatermark = -1;
        }
        return moved
                || hasRecords
                || failed
                || found.divergingEpoch() >= 0
                || found.preferredReplica() >= 0;
    }

    Key key() {
        return key;
    }

    public Uuid topicId() {
        return key.topicId();
    }

    public String topic() {
        return key.topic();
    }

    public int partition() {
        return key.partition();
    }

    public long fetchOffset() {
        return fetchOffset;
    }

    public int bytesMax() {
        return bytesMax;
    }

    public int currentLeaderEpoch() {
        return currentLeaderEpoch;
    }

    public int lastFetchedEpoch() {
        return lastFetchedEpoch;
    }
}
