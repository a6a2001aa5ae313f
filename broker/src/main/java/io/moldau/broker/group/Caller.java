package io.moldau.broker.group;

/// A call that waits for its answer. The core hands it back together with the answer, and never
/// looks inside.
public interface Caller {}
