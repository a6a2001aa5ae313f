package io.moldau.chaos.proxy;

/// Which way bytes go on a connection.
enum Way {
    /// From the node that dialled.
    FORWARD,
    /// To it.
    BACKWARD
}
