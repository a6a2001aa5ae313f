package io.moldau.broker.group;

import io.moldau.broker.shard.Timer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A group in the memory of its table.
final class GroupSlot {
    final ClassicGroup group;

    /// In whose name its commands are sent. A change of it makes this slot a stranger's.
    final int coordinatorEpoch;

    /// Commands of this group that are submitted and not applied: until then the store does not
    /// know what the group knows. Lowered by the store's thread.
    final AtomicInteger inFlight = new AtomicInteger();

    /// A command was given up and may still be decided, until one that was sent later is: to begin
    /// again from the store might be to begin from before it.
    boolean storeMayBeBehind;

    @Nullable Timer timer;
    long timerAtMs = Long.MAX_VALUE;

    GroupSlot(ClassicGroup group, int coordinatorEpoch) {
        this.group = group;
        this.coordinatorEpoch = coordinatorEpoch;
    }

    String groupId() {
        return group.groupId();
    }

    void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        timerAtMs = Long.MAX_VALUE;
    }
}
