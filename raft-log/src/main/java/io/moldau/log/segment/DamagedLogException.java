package io.moldau.log.segment;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;

/// A reader met bytes that are not what was written. Whoever owns the log takes it out of service:
/// what [#damage()] names must come from another replica.
public final class DamagedLogException extends UncheckedIOException {
    @Serial private static final long serialVersionUID = 1;

    private final transient LogDamage damage;

    public DamagedLogException(LogDamage damage) {
        super(new IOException(damage.toString()));
        this.damage = damage;
    }

    public LogDamage damage() {
        return damage;
    }
}
