package io.moldau.chaos.workload;

/// What clients with a thread of their own have in common: their name, that thread, and what they
/// are asked for from outside.
abstract class ClientThread implements LoadClient {
    private final String name;
    private Thread thread;
    private volatile boolean crashing;
    private volatile boolean stopping;

    ClientThread(String name) {
        this.name = name;
    }

    /// Called once, when all that `life` needs is there.
    final void start(Runnable life) {
        thread = Thread.ofPlatform().name(name).start(life);
    }

    final Thread thread() {
        return thread;
    }

    /// Whether nothing is asked of it but to go on.
    final boolean goesOn() {
        return !stopping && !crashing;
    }

    final boolean isStopping() {
        return stopping;
    }

    final boolean isCrashing() {
        return crashing;
    }

    /// Whether it is to crash, which is said once.
    final boolean takeCrash() {
        if (!crashing) {
            return false; // Nothing is written: somebody may ask just now.
        }
        crashing = false;
        return true;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public void crash() {
        crashing = true;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        stop();
        Threads.join(thread);
    }
}
