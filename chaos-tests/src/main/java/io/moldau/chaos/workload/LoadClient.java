package io.moldau.chaos.workload;

/// A client with a thread of its own, from its start to its end.
interface LoadClient extends AutoCloseable {
    /// Who it is, for people.
    String name();

    /// Asks it to vanish without a word and come back as somebody else. Any thread may ask; it
    /// happens soon.
    void crash();

    /// Asks it to begin nothing more.
    void stop();

    /// Waits until it has ended; what has no answer by then never gets one.
    @Override
    void close();
}
