/// What the cluster knows of itself, and how a command changes it.
///
/// What lives here: the commands, the refusals, the immutable [ClusterImage], and
/// [MetadataMachine], which decides a command on an image. What it may touch: the contracts in
/// `proto.metadata` and Kafka's error codes; no clock, no chance, no I/O, no thread. Who calls it:
/// the quorum, for every command that was replicated; the broker, to decide "validate only"
/// requests on the current image.
///
/// Source: Kafka's `metadata` module for the shape (decide first, replay second; immutable images).
@NullMarked
package io.moldau.metadata;

import org.jspecify.annotations.NullMarked;
