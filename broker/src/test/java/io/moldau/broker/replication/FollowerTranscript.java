package io.moldau.broker.replication;

import io.moldau.metadata.PartitionImage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Scanner;

/// A follower on node 2, led by node 1 in epoch 5. Its effects are carried out on the log, and a
/// record's byte is its epoch.
final class FollowerTranscript extends Transcript {
    private final ListLog log;
    private final FollowerReplica follower;

    FollowerTranscript(ListLog log) {
        this.log = log;
        follower = new FollowerReplica(image(1, 5), log, ReplicationSettings.DEFAULT, nowMs);
    }

    private static PartitionImage image(int leader, int epoch) {
        var all = List.of(1, 2, 3);
        return new PartitionImage(leader, epoch, epoch, all, all, List.of(), List.of());
    }

    @Override
    void enter(String word, Scanner rest) {
        step(
                switch (word) {
                    case "connected" -> new FollowerEvent.Connected(rest.nextLong());
                    case "disconnected" -> new FollowerEvent.Disconnected(rest.nextLong());
                    case "accepted" -> new FollowerEvent.Accepted(rest.nextLong(), rest.nextLong());
                    case "diverged" ->
                            new FollowerEvent.Diverged(
                                    rest.nextLong(), rest.nextInt(), rest.nextLong());
                    case "refused" -> new FollowerEvent.Fenced(rest.nextLong(), -1);
                    case "leader" ->
                            new FollowerEvent.MetadataChanged(
                                    image(rest.nextInt(), rest.nextInt()));
                    case "received" -> received(rest);
                    case "flush" -> {
                        log.flush();
                        yield FollowerEvent.Appended.EVENT;
                    }
                    case "wait" -> {
                        nowMs += rest.nextLong();
                        yield FollowerEvent.Tick.EVENT;
                    }
                    default -> throw new IllegalArgumentException(word);
                });
    }

    /// `received SESSION LEADER_EPOCH committed N start N end N records EPOCHS`.
    private static FollowerEvent received(Scanner rest) {
        long session = rest.nextLong();
        int epoch = rest.nextInt();
        long committed = 0;
        long start = 0;
        long end = 0;
        var records = ByteBuffer.allocate(0);
        while (rest.hasNext()) {
            switch (rest.next()) {
                case "committed" -> committed = rest.nextLong();
                case "start" -> start = rest.nextLong();
                case "end" -> end = rest.nextLong();
                case "records" -> records = records(rest);
                default -> throw new IllegalArgumentException();
            }
        }
        return new FollowerEvent.Received(session, epoch, committed, start, end, records);
    }

    private static ByteBuffer records(Scanner rest) {
        var buffer = ByteBuffer.allocate(100);
        while (rest.hasNextByte()) {
            buffer.put(rest.nextByte());
        }
        return buffer.flip();
    }

    private void step(FollowerEvent event) {
        boolean appended = false;
        for (var effect : follower.step(event, nowMs)) {
            output.add(carriedOut(effect));
            appended |= effect instanceof FollowerEffect.Append;
        }
        if (appended) {
            step(FollowerEvent.Appended.EVENT);
        }
    }

    private String carriedOut(FollowerEffect effect) {
        return switch (effect) {
            case FollowerEffect.Open(var session, var epoch, var offset, var last) ->
                    "open %d in %d at %d after %d".formatted(session, epoch, offset, last);
            case FollowerEffect.Append(var records) -> {
                int count = records.remaining();
                while (records.hasRemaining()) {
                    log.append(records.get(), 1);
                }
                yield "append " + count;
            }
            case FollowerEffect.TruncateTo(var offset) -> {
                log.truncateTo(offset);
                yield "truncate to " + offset;
            }
            case FollowerEffect.StartFreshAt(var offset) -> {
                log.startFreshAt(offset);
                yield "start fresh at " + offset;
            }
            case FollowerEffect.Acknowledge(_, var offset) -> "ack " + offset;
            case FollowerEffect.HighWatermark(var offset) -> {
                log.noteHighWatermark(offset);
                yield "committed " + offset;
            }
            case FollowerEffect.LogStart(var offset) -> {
                log.logStart(offset);
                yield "forget below " + offset;
            }
        };
    }
}
