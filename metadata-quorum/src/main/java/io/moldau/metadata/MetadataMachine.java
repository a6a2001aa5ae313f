package io.moldau.metadata;

/// Decides commands. Pure: the outcome depends on the command and the image and on nothing else.
public final class MetadataMachine {
    private MetadataMachine() {}

    /// What `command` comes to on `image`, and the image after it; the same image if it was
    /// refused.
    public record Decision(ClusterImage image, Outcome outcome) {}

    /// Decides `command` on `image`. Every node does so for every command, hence: total, no clock,
    /// no chance, no I/O.
    ///
    /// Also the way to answer a "validate only" request: decide, and submit nothing.
    @SuppressWarnings("DoNotCallSuggester")
    public static Decision decide(MetadataCommand command, ClusterImage image) {
        throw new UnsupportedOperationException(command.toString());
    }
}
