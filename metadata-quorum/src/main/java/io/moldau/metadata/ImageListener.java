package io.moldau.metadata;

/// Hears of every image that differs from the one before.
@FunctionalInterface
public interface ImageListener {
    /// Called on the apply thread, in order: must be quick and must not wait.
    void published(ClusterImage before, ClusterImage after);
}
