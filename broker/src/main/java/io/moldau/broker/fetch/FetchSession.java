package io.moldau.broker.fetch;

import io.moldau.broker.partition.FetchItem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.requests.FetchMetadata;

/// The partitions that one consumer follows, and what it was told of them.
///
/// A client has one request of a session under way; the monitor is for those that break this rule.
public final class FetchSession {
    private final int id;
    private final boolean usesTopicIds;
    private final Map<FetchTarget.Key, FetchTarget> targets = new LinkedHashMap<>();
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private volatile long lastUsedNanos;

    FetchSession(int id, boolean usesTopicIds, long nowNanos) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.lastUsedNanos = nowNanos;
    }

    int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    /// Checks the request's epoch and moves on to the next one.
    synchronized boolean advance(int requestEpoch, long nowNanos) {
        if (requestEpoch != epoch) {
            return false;
        }
        epoch = FetchMetadata.nextEpoch(epoch);
        lastUsedNanos = nowNanos;
        return true;
    }

    /// Takes over what the request adds, changes and forgets; gives all that is to be read.
    synchronized List<FetchTarget> update(FetchRequestData request) {
        for (var topic : request.topics()) {
            for (var asked : topic.partitions()) {
                put(topic.topicId(), topic.topic(), asked);
            }
        }
        for (var topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                targets.remove(new FetchTarget.Key(topic.topicId(), topic.topic(), partition));
            }
        }
        return List.copyOf(targets.values());
    }

    private void put(Uuid topicId, String topic, FetchPartition asked) {
        var key = new FetchTarget.Key(topicId, topic, asked.partition());
        var known = targets.get(key);
        if (known == null) {
            targets.put(key, new FetchTarget(key, asked));
        } else {
            known.update(asked);
        }
    }

    /// A partition that gave records goes to the end, so that one with many does not starve the
    /// others.
    synchronized boolean mustTell(FetchTarget target, FetchItem found, boolean hasRecords) {
        if (hasRecords && targets.remove(target.key(), target)) {
            targets.put(target.key(), target);
        }
        return target.isNews(found, hasRecords);
    }
}
