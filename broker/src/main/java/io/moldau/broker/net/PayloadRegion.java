package io.moldau.broker.net;

import io.moldau.broker.api.RecordPayload;
import io.netty.channel.DefaultFileRegion;

/// Records on their way from file to socket by `sendfile`. The file is the log's, so the end of the
/// way releases the payload where [DefaultFileRegion] would close the file.
final class PayloadRegion extends DefaultFileRegion {
    private final RecordPayload payload;

    PayloadRegion(RecordPayload payload) {
        super(payload.channel(), payload.position(), payload.sizeInBytes());
        this.payload = payload;
    }

    @Override
    protected void deallocate() {
        payload.release();
    }
}
