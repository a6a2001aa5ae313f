package io.moldau.broker.config;

import java.util.Optional;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// One listener: where it binds, and what clients that come in on it are told.
///
/// @param name in capitals, as Kafka knows it
/// @param host empty for every interface
/// @param port 0 lets the system choose
/// @param advertised empty when `advertised.listeners` does not name this listener; clients are
///   then told the bound address, or the address they dialled when that is every interface
public record ListenerSpec(
        String name,
        SecurityProtocol securityProtocol,
        String host,
        int port,
        Optional<HostPort> advertised) {}
