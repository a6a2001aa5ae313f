package io.moldau.chaos.fuzz;

import java.util.Random;

/// What input is thrown at. Used by one thread.
interface FuzzTarget extends AutoCloseable {
    /// As its folder in the corpus is called.
    String name();

    /// An input that would be right as it is, or nearly.
    byte[] fresh(Random random);

    /// Makes an input wrong in a way that this target does not see at a glance; most inputs go
    /// through [Mutations] alone.
    byte[] mutated(byte[] input, Random random);

    /// Throws an input at it.
    ///
    /// @return what it did, in few words that are the same for what is the same behaviour
    /// @throws BrokenByInput it did what nothing that comes from outside may make it do
    String run(byte[] input);

    @Override
    void close();

    /// A fault that was found.
    final class BrokenByInput extends RuntimeException {
        private static final long serialVersionUID = 1;

        BrokenByInput(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
