package io.moldau.chaos.fault;

/// The way in which one kind of fault is done.
@FunctionalInterface
interface Harm {
    /// Does it, lets it last and undoes it, whatever happens meanwhile.
    ///
    /// @throws Skipped it cannot be done now
    /// @throws Exception it went wrong; what it did is undone as far as that can be
    void strike(Strike strike) throws Exception;
}
