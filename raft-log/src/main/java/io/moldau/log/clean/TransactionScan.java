package io.moldau.log.clean;

import io.moldau.log.batch.BatchLayout;
import io.moldau.log.batch.BatchPayload;
import io.moldau.log.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.List;

/// Reads the markers of a stretch of the log.
final class TransactionScan {
    /// A marker's key: version i16, type i16.
    private static final int TYPE_AT_IN_KEY = 2;

    private static final short COMMIT = 1;

    private TransactionScan() {}

    static Transactions of(List<CleanSource> sources, int bufferBytes, Pace pace) {
        var found = new Transactions();
        var stream = new BatchStream(bufferBytes, pace);
        var marker = new Marker();
        for (var source : sources) {
            stream.open(source, 0);
            while (stream.next()) {
                var batch = stream.buffer();
                if (BatchLayout.isControl(batch, stream.at())
                        && BatchLayout.recordCount(batch, stream.at()) > 0) {
                    found.onMarker(
                            BatchLayout.producerId(batch, stream.at()),
                            BatchLayout.baseOffset(batch, stream.at()),
                            marker.typeOf(batch, stream.at(), stream.size()) == COMMIT);
                }
            }
        }
        return found;
    }

    private static final class Marker {
        private final BatchPayload payload = new BatchPayload();
        private final RecordReader records = new RecordReader();

        short typeOf(ByteBuffer batch, int at, int size) {
            payload.open(batch, at, size);
            records.open(payload.bytes(), payload.from(), payload.to());
            records.next();
            return ByteBuffer.wrap(payload.bytes()).getShort(records.keyAt() + TYPE_AT_IN_KEY);
        }
    }
}
