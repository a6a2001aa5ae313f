package io.moldau.chaos.check;

import io.moldau.chaos.history.Mop;
import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Clients of a broker that keeps a log for each of two keys, and now and then does not.
final class RandomHistory {
    private static final int PROCESSES = 3;
    private static final int KEYS = 2;

    private final Random random;
    private final int mischief;
    private final List<Operation> history = new ArrayList<>();
    private final List<List<Long>> logs = List.of(new ArrayList<>(), new ArrayList<>());
    private final Map<String, Integer> positions = new HashMap<>();
    private final int[] names = {0, 1, 2};
    private int nextName = PROCESSES;
    private long nextValue;

    private RandomHistory(long seed) {
        random = new Random(seed);
        mischief = random.nextInt(30); // In a hundred; some brokers behave.
    }

    static List<Operation> of(long seed, int operations) {
        var history = new RandomHistory(seed);
        for (int i = 0; i < operations; i++) {
            int client = history.random.nextInt(PROCESSES);
            if (history.random.nextBoolean()) {
                history.send(client);
            } else {
                history.poll(client);
            }
        }
        return history.history;
    }

    private boolean misbehaves() {
        return random.nextInt(100) < mischief;
    }

    private void send(int client) {
        int key = random.nextInt(KEYS);
        var sends = new ArrayList<Mop>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            sends.add(new Send(key, nextValue++));
        }
        add(client, Stage.INVOKE, "send", sends);
        int fate = random.nextInt(10);
        if (fate == 0) {
            if (misbehaves()) {
                append(key, sends);
            }
            add(client, Stage.FAIL, "send", sends);
        } else if (fate == 1) {
            if (random.nextBoolean()) {
                append(key, sends);
            }
            add(client, Stage.INFO, "send", sends);
            names[client] = nextName++;
        } else {
            add(client, Stage.OK, "send", append(key, sends));
        }
    }

    private List<Mop> append(int key, List<Mop> sends) {
        var log = logs.get(key);
        var sent = new ArrayList<Mop>();
        for (var mop : sends) {
            long value = ((Send) mop).value();
            long offset = misbehaves() && !log.isEmpty() ? random.nextInt(log.size()) : log.size();
            sent.add(new Sent(key, value, offset));
            if (!misbehaves()) {
                log.add(value);
            }
            if (misbehaves()) {
                log.add(value);
            }
        }
        return sent;
    }

    private void poll(int client) {
        add(client, Stage.INVOKE, "poll", List.of(new Poll()));
        var batches = new ArrayList<Batch>();
        for (int key = 0; key < KEYS; key++) {
            var log = logs.get(key);
            int position = positions.getOrDefault(names[client] + "/" + key, 0);
            if (misbehaves() && !log.isEmpty()) {
                position = random.nextInt(log.size());
            }
            var found = new ArrayList<Found>();
            for (int i = 0; i < 3 && position < log.size(); i++, position++) {
                found.add(new Found(position, misbehaves() ? -nextValue++ : log.get(position)));
            }
            positions.put(names[client] + "/" + key, position);
            batches.add(new Batch(key, found));
        }
        add(client, Stage.OK, "poll", List.of(new Polled(batches)));
    }

    private void add(int client, Stage type, String f, List<Mop> mops) {
        history.add(
                new Operation(
                        history.size(),
                        history.size(),
                        names[client],
                        type,
                        f,
                        new Value.Mops(mops),
                        Notes.NONE));
    }
}
