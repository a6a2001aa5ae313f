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

    /// Saves and deletions of the group itself, counted. One that was given up may still be
    /// decided, before all later ones, or never: the store knows what the group knows once the last
    /// one is.
    private long sent;

    private long decided;

    @Nullable Timer timer;
    long timerAtMs = Long.MAX_VALUE;

    GroupSlot(ClassicGroup group, int coordinatorEpoch) {
        this.group = group;
        this.coordinatorEpoch = coordinatorEpoch;
    }

    String groupId() {
        return group.groupId();
    }

    /// @return which change it is that is sent now
    long sending() {
        return ++sent;
    }

    void decided(long change) {
        decided = Math.max(decided, change);
    }

    boolean isLast(long change) {
        return change == sent;
    }

    /// To begin again from the store is to go on from here.
    boolean storeIsLevel() {
        return inFlight.get() == 0 && decided == sent;
    }

    void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        timerAtMs = Long.MAX_VALUE;
    }
}
