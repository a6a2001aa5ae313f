package io.moldau.broker.config;

/// Whether a broker's setting can change while it runs, and for whom.
public enum UpdateMode {
    READ_ONLY("read-only"),
    PER_BROKER("per-broker"),
    CLUSTER_WIDE("cluster-wide");

    private final String text;

    UpdateMode(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
