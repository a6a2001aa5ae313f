package io.moldau.broker.replication.stream;

import io.moldau.proto.replication.LeaderHeader;
import io.moldau.proto.replication.Update;
import java.util.List;

/// What a leader sends: news of partitions, and their records behind them.
///
/// On its way out it owns the buffers with the records, on its way in the memory that the network
/// gave: whoever is done with it says [#close()], once.
sealed interface RecordsFrame extends AutoCloseable permits OutgoingFrame, IncomingFrame {
    LeaderHeader header();

    default List<Update> updates() {
        return header().getUpdatesList();
    }

    /// Records in the frame, in bytes.
    int recordsBytes();

    @Override
    void close();
}
