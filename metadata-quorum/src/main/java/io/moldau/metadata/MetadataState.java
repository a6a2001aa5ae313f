package io.moldau.metadata;

import io.moldau.metadata.Outcome.Refused;

/// All that the quorum keeps: the image and, beside it, the committed offsets.
///
/// Changed by the apply thread alone. [#image()] and [#offsets()] may be read by any thread, but
/// only what was published there holds together: see the quorum.
public final class MetadataState {
    private final OffsetTable offsets = new OffsetTable();
    private volatile ClusterImage image = ClusterImage.empty();

    /// Decides `command` and takes over what it comes to.
    public Outcome apply(MetadataCommand command) {
        var before = image;
        var decision = MetadataMachine.decide(command, before);
        if (decision.outcome() instanceof Refused) {
            return decision.outcome();
        }
        offsets.follow(command, before);
        image = decision.image();
        return decision.outcome();
    }

    /// Everything up to the log entry at `index` is applied.
    public void reached(long index) {
        image = image.at(index);
    }

    public ClusterImage image() {
        return image;
    }

    public CommittedOffsets offsets() {
        return offsets;
    }

    OffsetTable table() {
        return offsets;
    }

    /// Starts over from what a snapshot held; the offsets were restored one by one before.
    void restored(ClusterImage restored) {
        image = restored;
    }
}
