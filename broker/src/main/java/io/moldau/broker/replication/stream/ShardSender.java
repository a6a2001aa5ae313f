package io.moldau.broker.replication.stream;

import io.moldau.broker.shard.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// One shard's part of a stream to a follower's node: the cursors that have something to say, in
/// turn. Belongs to the shard, except where said.
final class ShardSender {
    private static final int FRAME_BYTES_MAX = 1024 * 1024;

    /// How long news without records wait for some to go with.
    private static final long SOON_MS = 5;

    private final Shard shard;
    private final FollowerStream stream;
    private final ArrayDeque<Cursor> ready = new ArrayDeque<>();
    private List<Cursor> soon = new ArrayList<>();
    private boolean scheduled;
    private volatile boolean blocked;

    ShardSender(Shard shard, FollowerStream stream) {
        this.shard = shard;
        this.stream = stream;
    }

    Shard shard() {
        return shard;
    }

    /// What comes within one round of the shard goes in one frame.
    void enqueue(Cursor cursor) {
        ready.add(cursor);
        if (!scheduled && !blocked) {
            scheduled = true;
            shard.execute(this::send);
        }
    }

    void enqueueSoon(Cursor cursor) {
        soon.add(cursor);
        if (soon.size() == 1) {
            shard.schedule(SOON_MS, this::enqueueLate);
        }
    }

    private void enqueueLate() {
        var due = soon;
        soon = new ArrayList<>();
        due.forEach(Cursor::onSoon);
    }

    /// There may be room again. Any thread.
    void unblock() {
        if (blocked) {
            shard.offer(this::send);
        }
    }

    private void send() {
        scheduled = true;
        blocked = false;
        try {
            while (!ready.isEmpty() && hasRoom()) {
                sendOne();
            }
        } finally {
            scheduled = false;
        }
    }

    private void sendOne() {
        var draft = new FrameDraft(Math.min(FRAME_BYTES_MAX, stream.credit()));
        fill(draft);
        if (draft.isEmpty()) {
            draft.drop();
        } else {
            stream.send(draft.finish());
        }
    }

    /// Looked at again after the flag is raised: one of the two sides sees the other.
    private boolean hasRoom() {
        if (stream.credit() > 0) {
            return true;
        }
        blocked = true;
        if (stream.credit() <= 0) {
            return false;
        }
        blocked = false;
        return true;
    }

    private void fill(FrameDraft draft) {
        for (int i = ready.size(); i > 0 && !draft.isFull(); i--) {
            var cursor = ready.poll();
            cursor.dequeued();
            if (!cursor.isEnded()) {
                cursor.partition().fill(cursor, draft);
            }
        }
    }
}
