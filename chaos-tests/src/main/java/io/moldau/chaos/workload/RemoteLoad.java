package io.moldau.chaos.workload;

import io.moldau.chaos.history.Notes;
import io.moldau.chaos.history.Operation.Stage;
import io.moldau.chaos.history.Value;
import java.time.Duration;
import java.util.Random;

/// A thread that leads a [RemoteClient], and starts another one when that has crashed or given an
/// operation up.
abstract class RemoteLoad extends ClientThread {
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration PATIENCE =
            Duration.ofMillis(ClientSettings.DELIVERY_TIMEOUT_MS + 15_000);

    private final Scene scene;
    private final String library;
    private final Random random;
    private int process;
    private volatile RemoteClient client;

    RemoteLoad(Scene scene, String library, String name, Random random) {
        super(name);
        this.scene = scene;
        this.library = library;
        this.random = random;
    }

    /// Begins with a client that is there already.
    void start(RemoteClient first) {
        client = first;
        process = scene.history().newProcess();
        start(this::run);
    }

    /// One operation from its beginning to its end.
    ///
    /// @return false when it was given up: the process is never heard of again
    abstract boolean step(RemoteClient client);

    private void run() {
        while (!isStopping()) {
            if (takeCrash()) {
                crash(process);
            } else if (!step(client)) {
                process = scene.history().newProcess();
                replace();
            }
        }
        client.close();
    }

    private void crash(int crashed) {
        scene.history().invoke(crashed, "crash", new Value.None());
        replace();
        scene.history().complete(crashed, Stage.INFO, "crash", new Value.None(), Notes.NONE);
        process = scene.history().newProcess();
        onReplaced();
    }

    /// The library was there a moment ago; a machine that is too busy to start a process will not
    /// be for long.
    private void replace() {
        client.close();
        var next = RemoteClient.start(scene.plan(), library, name());
        while (next.isEmpty() && !isStopping()) {
            Threads.pause(RETRY);
            next = RemoteClient.start(scene.plan(), library, name());
        }
        next.ifPresent(started -> client = started);
    }

    /// A client that knows nothing of what its forerunner was told has taken over.
    void onReplaced() {}

    final Scene scene() {
        return scene;
    }

    final Random random() {
        return random;
    }

    final int process() {
        return process;
    }

    /// Ends a client that hangs.
    @Override
    public final void close() {
        stop();
        if (!Threads.join(thread(), PATIENCE)) {
            client.kill();
            Threads.join(thread());
        }
    }
}
