package io.moldau.broker.group;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/// What consumers say they read. Members may send any bytes here: those that are no subscription
/// say nothing.
final class Subscriptions {
    /// The protocol type of Kafka's consumers; others (Connect's `connect`) have bytes of their
    /// own.
    static final String CONSUMER = "consumer";

    private static final int VERSION_BYTES = 2;

    private Subscriptions() {}

    /// The topics that the members read together; empty if they are no consumers or one of them
    /// cannot be understood.
    static Optional<Set<String>> ofAll(
            Optional<String> protocolType, Optional<String> protocolName, Roster roster) {
        if (protocolName.isEmpty() || !protocolType.equals(Optional.of(CONSUMER))) {
            return Optional.empty();
        }
        var all = new HashSet<String>();
        for (var member : roster.members()) {
            var topics = of(member.metadata(protocolName.get()));
            if (topics.isEmpty()) {
                return Optional.empty();
            }
            all.addAll(topics.get());
        }
        return Optional.of(all);
    }

    /// The topics of one member's metadata.
    static Optional<Set<String>> of(ByteString metadata) {
        if (metadata.size() < VERSION_BYTES) {
            return Optional.empty();
        }
        var buffer = metadata.asReadOnlyByteBuffer();
        short version = buffer.getShort();
        if (version < ConsumerProtocolSubscription.LOWEST_SUPPORTED_VERSION) {
            return Optional.empty();
        }
        short readable =
                (short) Math.min(version, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
        try {
            var subscription =
                    new ConsumerProtocolSubscription(new ByteBufferAccessor(buffer), readable);
            return Optional.of(Set.copyOf(subscription.topics()));
        } catch (RuntimeException notASubscription) {
            return Optional.empty();
        }
    }
}
