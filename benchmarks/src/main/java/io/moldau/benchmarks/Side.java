package io.moldau.benchmarks;

/// Whose log is measured.
public enum Side {
    MOLDAU,
    KAFKA
}
