package io.moldau.cli;

import io.moldau.broker.app.BrokerNode;

/// SIGTERM and Ctrl-C stop the node in order, and the process ends with status 0.
final class StopOnSignal {
    private static final long STOP_TIMEOUT_MS = 60_000;

    private final BrokerNode node;
    private final Thread hook = new Thread(this::stop, "stop");

    StopOnSignal(BrokerNode node) {
        this.node = node;
    }

    /// Until there is a node, nothing has to be stopped in order: a node that waits for its cluster
    /// ends at once. Returns what takes this back.
    static Runnable endAtOnce() {
        var hook = new Thread(() -> Runtime.getRuntime().halt(ExitStatus.OK), "stop-early");
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException stopping) {
                hook.setName("stop-early, under way");
            }
        };
    }

    void install() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// The node stops for another reason.
    void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            hook.setName("stop, under way");
        }
    }

    /// The JVM would end with 128 plus the signal, whatever was cleaned up: hence `halt`.
    private void stop() {
        var closing = Thread.ofPlatform().name("stop-node").start(node::close);
        try {
            boolean inTime = closing.join(java.time.Duration.ofMillis(STOP_TIMEOUT_MS));
            Runtime.getRuntime().halt(inTime ? ExitStatus.OK : ExitStatus.FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
