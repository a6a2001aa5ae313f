package io.moldau.chaos.sim.world;

import java.io.Serial;

/// Something happened that may never happen.
public final class Violation extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }
}
