package io.moldau.chaos.workload;

/// A topic that producers and consumers use.
public record LoadTopic(String name, int partitions) {}
