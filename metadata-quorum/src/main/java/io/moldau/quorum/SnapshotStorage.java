package io.moldau.quorum;

import java.io.IOException;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;

/// The folder of snapshots. Ratis asks for the latest one at every append; as long as there is none
/// it would look through the folder each time.
final class SnapshotStorage extends SimpleStateMachineStorage {
    private volatile @Nullable SingleFileSnapshotInfo latest;

    @Override
    public void init(RaftStorage storage) throws IOException {
        super.init(storage);
        loadLatestSnapshot();
    }

    @Override
    public @Nullable SingleFileSnapshotInfo updateLatestSnapshot(
            @Nullable SingleFileSnapshotInfo info) {
        latest = super.updateLatestSnapshot(info);
        return latest;
    }

    @Override
    public @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
        return latest;
    }
}
