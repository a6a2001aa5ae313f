package io.moldau.broker.net;

/// A listener that accepts connections.
///
/// @param host as configured; empty when bound to every address of the machine
/// @param port the actual one, also where the system chose it
public record BoundListener(String name, String host, int port) {}
