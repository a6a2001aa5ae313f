package io.moldau.log.clean;

/// Is told of every piece that a cleaner reads and writes.
@FunctionalInterface
public interface Pace {
    Pace UNBOUND = _ -> {};

    /// Returns when the cleaner may go on.
    ///
    /// @throws CleaningStoppedException the cleaner is to stop
    void spend(int bytes);
}
