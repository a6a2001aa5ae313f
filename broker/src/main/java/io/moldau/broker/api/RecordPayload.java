package io.moldau.broker.api;

import io.moldau.log.segment.FileSlice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// Records of an answer that stay in their file until the socket takes them.
///
/// Whoever holds the answer owns them: a handler until it completes its future, then the
/// connection, which releases each exactly once, sent or not.
public interface RecordPayload extends BaseRecords {
    FileChannel channel();

    /// Where the records begin in [#channel()].
    long position();

    /// Copies the records from their beginning on, until `into` is full.
    void readFully(ByteBuffer into);

    void release();

    @Override
    default RecordsSend<RecordPayload> toSend() {
        throw new UnsupportedOperationException("the endpoint sends records its own way");
    }

    /// Takes over the caller's reference to `slice`.
    static RecordPayload of(FileSlice slice) {
        return new SliceRecords(slice);
    }

    /// Releases what an answer holds that will not be sent.
    static void releaseAll(ApiMessage answer) {
        switch (answer) {
            case FetchResponseData fetch ->
                    fetch.responses()
                            .forEach(
                                    topic -> topic.partitions().forEach(p -> release(p.records())));
            case ShareFetchResponseData fetch ->
                    fetch.responses()
                            .forEach(
                                    topic -> topic.partitions().forEach(p -> release(p.records())));
            default -> {
                // No other answer carries records.
            }
        }
    }

    private static void release(BaseRecords records) {
        if (records instanceof RecordPayload payload) {
            payload.release();
        }
    }
}
