package io.moldau.broker.api;

import io.moldau.metadata.ClusterImage;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;

/// Where the client should go instead: collected while an answer is built, and put at its end
/// (KIP-951).
final class LeaderHints {
    /// How a response names a node; each schema has its own class for it.
    @FunctionalInterface
    interface Writer {
        void node(int id, String host, int port, String rack);
    }

    private static final short PRODUCE_VERSION = 10;
    private static final short FETCH_VERSION = 16;

    private final Supplier<ClusterImage> image;
    private final NodeAddresses addresses;
    private final RequestContext context;
    private final Set<Integer> nodes = new LinkedHashSet<>();

    LeaderHints(Supplier<ClusterImage> image, NodeAddresses addresses, RequestContext context) {
        this.image = image;
        this.addresses = addresses;
        this.context = context;
    }

    void add(int nodeId) {
        if (nodeId >= 0) {
            nodes.add(nodeId);
        }
    }

    /// False at versions that have no room for it, and cannot be written with it: older clients ask
    /// for metadata.
    boolean understood() {
        short since = context.apiKey() == ApiKeys.FETCH ? FETCH_VERSION : PRODUCE_VERSION;
        return context.apiVersion() >= since;
    }

    void writeTo(Writer writer) {
        if (!understood()) {
            return;
        }
        for (int id : nodes) {
            var node = image.get().nodes().get(id);
            if (node == null) {
                continue;
            }
            addresses
                    .of(node, context)
                    .ifPresent(at -> writer.node(id, at.host(), at.port(), node.rack()));
        }
    }
}
