package io.moldau.chaos.fault;

/// A fault that could not be done here and now. The message says why.
final class Skipped extends RuntimeException {
    Skipped(String why) {
        super(why);
    }
}
