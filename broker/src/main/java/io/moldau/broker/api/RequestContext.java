package io.moldau.broker.api;

import java.net.InetAddress;
import org.apache.kafka.common.protocol.ApiKeys;

/// Who asks, over which connection and at which version.
///
/// @param clientId as the client calls itself; empty when it gave none
public record RequestContext(
        ApiKeys apiKey,
        short apiVersion,
        int correlationId,
        String clientId,
        Connection connection) {

    /// The client's address in Kafka's notation, such as `/127.0.0.1`: group tools show it.
    public String clientHost() {
        InetAddress address = connection.clientAddress().getAddress();
        return "/" + address.getHostAddress();
    }

    public String listener() {
        return connection.listener();
    }
}
