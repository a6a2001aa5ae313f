package io.moldau.metadata;

import org.apache.kafka.common.security.auth.SecurityProtocol;

/// Where clients reach a node by one of its listeners.
///
/// @param host as advertised; empty when nothing is advertised and the address that the client
///   dialled is to be told
/// @param port as advertised, or the bound one
public record NodeEndpoint(
        String listener, String host, int port, SecurityProtocol securityProtocol) {}
