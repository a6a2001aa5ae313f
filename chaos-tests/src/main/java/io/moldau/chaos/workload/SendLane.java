package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/// One process of a producer, for one key: one operation at a time, so that a partition that stands
/// still silences nobody but its own lanes.
///
/// The producer's thread begins an operation, its network thread ends it; only one of them has it
/// at a time.
final class SendLane {
    private static final long NO_OFFSET = -1;

    private final Scene scene;
    private final int key;
    private int process;
    private volatile boolean busy;
    private volatile Thread handingOver;

    /// The operation that is under way.
    private long[] values = {};

    private long[] offsets = {};
    private boolean[] refused = {};
    private long beganNanos;
    private int unanswered;
    private String error = "";

    SendLane(Scene scene, int key) {
        this.scene = scene;
        this.key = key;
        this.process = scene.history().newProcess();
    }

    boolean isBusy() {
        return busy;
    }

    /// Sends new values of its key.
    void send(Producer<byte[], byte[]> producer, int count) {
        begin(count);
        for (int i = 0; i < count; i++) {
            handOver(producer, i);
        }
        end(); // Counts for one answer of its own: no callback ends it before all are handed over.
    }

    private synchronized void begin(int count) {
        busy = true;
        values = new long[count];
        offsets = new long[count];
        refused = new boolean[count];
        error = "";
        unanswered = count + 1;
        var mops = new ArrayList<Mop>(count);
        for (int i = 0; i < count; i++) {
            values[i] = scene.keys().newValue(key);
            offsets[i] = NO_OFFSET;
            mops.add(new Send(key, values[i]));
        }
        scene.meter().onSent(count);
        beganNanos = scene.history().invoke(process, "send", new Value.Mops(mops));
    }

    private void handOver(Producer<byte[], byte[]> producer, int place) {
        var partition = scene.keys().partition(key);
        var record =
                new ProducerRecord<byte[], byte[]>(
                        partition.topic(),
                        partition.partition(),
                        null,
                        KeySpace.bytesOf(values[place]));
        handingOver = Thread.currentThread();
        try {
            var _ =
                    producer.send(
                            record,
                            (metadata, failure) ->
                                    onAnswer(place, metadata, failure, isHandingOver()));
        } catch (RuntimeException e) {
            onAnswer(place, null, e, true);
        } finally {
            handingOver = null;
        }
    }

    /// A failure that comes while `send` has not returned is about a record that never left.
    private boolean isHandingOver() {
        return Thread.currentThread().equals(handingOver);
    }

    private synchronized void onAnswer(
            int place, RecordMetadata metadata, Exception failure, boolean neverLeft) {
        if (failure == null && metadata.hasOffset()) {
            offsets[place] = metadata.offset();
            scene.keys().onAcknowledged(key, metadata.offset());
            scene.meter().onAcknowledged(scene.clock().nanos() - beganNanos);
        } else if (failure != null) {
            refused[place] = neverLeft;
            error = failure.getClass().getSimpleName() + ": " + failure.getMessage();
            if (neverLeft) {
                scene.meter().onFailed();
            } else {
                scene.meter().onUnknown();
            }
        }
        end();
    }

    private synchronized void end() {
        if (--unanswered > 0) {
            return;
        }
        var type = outcome();
        var notes = error.isEmpty() ? Notes.NONE : Notes.ofError(error);
        scene.history().complete(process, type, "send", new Value.Mops(mops(type)), notes);
        if (type == Stage.INFO) {
            process = scene.history().newProcess();
        }
        busy = false;
    }

    private Stage outcome() {
        int known = 0;
        int failed = 0;
        for (int i = 0; i < values.length; i++) {
            known += offsets[i] != NO_OFFSET ? 1 : 0;
            failed += refused[i] ? 1 : 0;
        }
        if (failed == values.length) {
            return Stage.FAIL;
        }
        return known == values.length ? Stage.OK : Stage.INFO;
    }

    private List<Mop> mops(Stage type) {
        var mops = new ArrayList<Mop>(values.length);
        for (int i = 0; i < values.length; i++) {
            mops.add(
                    type == Stage.FAIL || offsets[i] == NO_OFFSET
                            ? new Send(key, values[i])
                            : new Sent(key, values[i], offsets[i]));
        }
        return mops;
    }

    /// Notes that its client vanished; the next operation is somebody else's. Not while it is busy.
    synchronized void crash() {
        scene.history().crash(process, Notes.NONE);
        process = scene.history().newProcess();
    }
}
