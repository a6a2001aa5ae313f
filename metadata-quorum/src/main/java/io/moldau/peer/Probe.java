package io.moldau.peer;

/// What came of dialling a node's port.
public enum Probe {
    /// Somebody listens there.
    ANSWERED,
    /// The machine is there and says that nobody listens: the process is gone.
    REFUSED,
    /// No answer in time: gone, cut off or hanging, and nobody can tell which.
    SILENT
}
