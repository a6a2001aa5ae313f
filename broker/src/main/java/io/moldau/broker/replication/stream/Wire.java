package io.moldau.broker.replication.stream;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.moldau.proto.replication.FollowerFrame;
import io.moldau.proto.replication.ReplicationGrpc;
import java.io.IOException;
import java.io.InputStream;

/// The contract's one method, with frames of records that are not copied into messages.
final class Wire {
    static final MethodDescriptor<FollowerFrame, RecordsFrame> FOLLOW =
            ReplicationGrpc.getFollowMethod().toBuilder(
                            ProtoUtils.marshaller(FollowerFrame.getDefaultInstance()),
                            new FrameMarshaller())
                    .build();

    private Wire() {}

    private static final class FrameMarshaller
            implements MethodDescriptor.Marshaller<RecordsFrame> {
        @Override
        public InputStream stream(RecordsFrame frame) {
            return switch (frame) {
                case OutgoingFrame outgoing -> outgoing.toStream();
                case IncomingFrame _ ->
                        throw new IllegalArgumentException("a received frame is not sent on");
            };
        }

        @Override
        public RecordsFrame parse(InputStream stream) {
            try {
                return IncomingFrame.read(stream);
            } catch (IOException e) {
                throw Status.INTERNAL
                        .withDescription(e.getMessage())
                        .withCause(e)
                        .asRuntimeException();
            }
        }
    }
}
