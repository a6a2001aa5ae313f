package io.moldau.quorum;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/// Ratis's messages on our wire: its Protobuf is a copy under another name, which gRPC knows
/// nothing of.
///
/// @param sample any message of the type
record RaftMessages<T extends MessageLite>(T sample) implements MethodDescriptor.Marshaller<T> {
    @Override
    public InputStream stream(T message) {
        return new MessageStream(message);
    }

    @Override
    public T parse(InputStream bytes) {
        try {
            // The type is the sample's, which the compiler cannot know.
            @SuppressWarnings("unchecked")
            var message =
                    (T) sample.getParserForType().parseFrom(CodedInputStream.newInstance(bytes));
            return message;
        } catch (InvalidProtocolBufferException garbled) {
            throw Status.INTERNAL
                    .withDescription("a message of the quorum is garbled")
                    .withCause(garbled)
                    .asRuntimeException();
        }
    }

    /// gRPC drains it into its buffers; it is hardly ever read as a stream.
    private static final class MessageStream extends InputStream implements Drainable, KnownLength {
        private final MessageLite message;
        private @Nullable ByteArrayInputStream bytes;

        private MessageStream(MessageLite message) {
            this.message = message;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            message.writeTo(target);
            return message.getSerializedSize();
        }

        @Override
        public int available() {
            return bytes == null ? message.getSerializedSize() : bytes.available();
        }

        @Override
        public int read() {
            return bytes().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes().read(target, offset, length);
        }

        private ByteArrayInputStream bytes() {
            var open = bytes;
            if (open == null) {
                open = new ByteArrayInputStream(message.toByteArray());
                bytes = open;
            }
            return open;
        }
    }
}
