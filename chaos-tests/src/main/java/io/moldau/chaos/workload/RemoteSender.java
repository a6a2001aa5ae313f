package io.moldau.chaos.workload;

import io.moldau.chaos.history.Mop;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/// A producer of another library: one operation at a time, a few records a second.
final class RemoteSender extends RemoteLoad {
    private static final int RECORDS_MAX = 5;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    RemoteSender(Scene scene, String library, String name, long seed) {
        super(scene, library, name, new Random(seed));
    }

    @Override
    boolean step(RemoteClient client) {
        LockSupport.parkNanos(PAUSE_NANOS);
        int key = random().nextInt(scene().keys().size());
        var values =
                LongStream.generate(() -> scene().keys().newValue(key))
                        .limit(1 + random().nextInt(RECORDS_MAX))
                        .toArray();
        var asked = new ArrayList<Mop>();
        LongStream.of(values).forEach(value -> asked.add(new Send(key, value)));
        scene().meter().onSent(values.length);
        long beganNanos = scene().history().invoke(process(), "send", new Value.Mops(asked));
        var partition = scene().keys().partition(key);
        var answer =
                client.ask(
                        "send %s %d %s"
                                .formatted(
                                        partition.topic(),
                                        partition.partition(),
                                        RemoteClient.joined(LongStream.of(values).boxed())));
        return end(key, values, beganNanos, answer);
    }

    /// @return whether it may go on under its number
    private boolean end(int key, long[] values, long beganNanos, String answer) {
        var parts = answer.split(" # ", 2);
        var words = parts[0].split(" ", -1);
        boolean answered = words[0].equals("sent") && words.length == values.length + 1;
        var mops = new ArrayList<Mop>();
        int known = 0;
        int refused = 0;
        for (int i = 0; i < values.length; i++) {
            var word = answered ? words[i + 1] : "-";
            if (word.equals("!")) {
                refused++;
                scene().meter().onFailed();
                mops.add(new Send(key, values[i]));
            } else if (word.equals("-")) {
                scene().meter().onUnknown();
                mops.add(new Send(key, values[i]));
            } else {
                known++;
                mops.add(acknowledged(key, values[i], Long.parseLong(word), beganNanos));
            }
        }
        var type =
                refused == values.length
                        ? Stage.FAIL
                        : known == values.length ? Stage.OK : Stage.INFO;
        var said = parts.length == 2 ? parts[1] : answered ? "" : answer;
        var notes = said.isEmpty() ? Notes.NONE : Notes.ofError(said);
        scene().history().complete(process(), type, "send", new Value.Mops(mops), notes);
        return type != Stage.INFO;
    }

    private Mop acknowledged(int key, long value, long offset, long beganNanos) {
        scene().keys().onAcknowledged(key, offset);
        scene().meter().onAcknowledged(scene().clock().nanos() - beganNanos);
        return new Sent(key, value, offset);
    }
}
