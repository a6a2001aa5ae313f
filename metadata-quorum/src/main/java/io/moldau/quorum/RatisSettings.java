package io.moldau.quorum;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Ratis's settings; none of those that matter is left at its default.
final class RatisSettings {
    /// The largest log entry. A batch is kept well below; a single command may take all of it.
    static final int MAX_ENTRY_BYTES = 2 << 20;

    /// Log bytes between two snapshots: bounds what a restart replays and what the log folder
    /// holds.
    static final long SNAPSHOT_BYTES = 64L << 20;

    private static final TimeDuration A_DAY = TimeDuration.valueOf(1, TimeUnit.DAYS);

    private RatisSettings() {}

    /// @param alone whether the quorum has no other member as far as this node knows
    static RaftProperties of(QuorumConfig config, boolean alone) {
        var properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(properties, List.of(config.dir().toFile()));
        storage(properties, config);
        timing(properties, alone);
        threads(properties);
        properties.set(RaftConfigKeys.Rpc.TYPE_KEY, RaftTransport.class.getName());
        return properties;
    }

    private static void storage(RaftProperties properties, QuorumConfig config) {
        // Small segments: purging drops whole ones, and the open one is kept in memory.
        Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("4MB"));
        Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
        Log.setSegmentCacheNumMax(properties, 2);
        Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
        Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(MAX_ENTRY_BYTES));
        Log.setWriteBufferSize(properties, SizeInBytes.valueOf(MAX_ENTRY_BYTES + 64 * 1024));
        // Otherwise every entry is followed by one more, which tells the others of its commit and
        // is
        // itself written and synced by all. RaftLink tells them.
        Log.setLogMetadataEnabled(properties, false);
        Log.setPurgeGap(properties, 1);
        Log.setPurgeUptoSnapshotIndex(properties, true);
        // LogTail has cut what a crash left; anything else that is wrong must not be swallowed.
        Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);

        // One call each: below what a message between nodes may hold.
        Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf("4MB"));

        Snapshot.setAutoTriggerEnabled(properties, true);
        Snapshot.setAutoTriggerThreshold(properties, config.snapshotThreshold());
        Snapshot.setCreationGap(properties, 1);
        Snapshot.setRetentionFileNum(properties, 2);
        // A clean stop and a crash start alike: by the last snapshot and the log after it.
        Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.RetryCache.setExpiryTime(
                properties, TimeDuration.valueOf(10, TimeUnit.SECONDS));
    }

    private static void timing(RaftProperties properties, boolean alone) {
        Rpc.setTimeoutMin(properties, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
        Rpc.setTimeoutMax(properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));
        Rpc.setFirstElectionTimeoutMin(
                properties, TimeDuration.valueOf(alone ? 1 : 150, TimeUnit.MILLISECONDS));
        Rpc.setFirstElectionTimeoutMax(
                properties, TimeDuration.valueOf(alone ? 5 : 300, TimeUnit.MILLISECONDS));
        // After a pause of the JVM Ratis would by default close itself (a minute) or step down.
        // Alone it has nobody to make room for.
        RaftServerConfigKeys.setCloseThreshold(properties, A_DAY);
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, TimeDuration.valueOf(alone ? 10 : 1, TimeUnit.SECONDS));
    }

    private static void threads(RaftProperties properties) {
        // Without these, pools as large as the machine has cores, each.
        RaftServerConfigKeys.ThreadPool.setProxyCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
        RaftServerConfigKeys.DataStream.setAsyncRequestThreadPoolSize(properties, 1);
        RaftServerConfigKeys.DataStream.setAsyncWriteThreadPoolSize(properties, 1);
    }
}
