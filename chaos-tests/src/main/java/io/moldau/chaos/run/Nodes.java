package io.moldau.chaos.run;

import java.util.List;

/// The nodes of a cluster, as whoever disturbs them sees them. Any thread; what is asked of one
/// node is done in the order in which it was asked.
public interface Nodes extends AutoCloseable {
    /// In ascending order.
    List<Integer> ids();

    /// The addresses of all nodes, as clients take them.
    String bootstrap();

    /// `kill -9`; returns when the process is gone.
    void kill(int id);

    /// SIGTERM; returns when the process has ended.
    void stop(int id);

    /// Starts one that was killed or stopped; returns when it serves.
    ///
    /// @throws IllegalStateException it ended or did not serve in time
    void start(int id);

    /// SIGSTOP.
    void pause(int id);

    /// SIGCONT.
    void resume(int id);

    /// Ends every node.
    @Override
    void close();
}
