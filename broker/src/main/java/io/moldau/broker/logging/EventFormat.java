package io.moldau.broker.logging;

/// Turns an event into the line, or lines, that are written.
interface EventFormat {
    /// @return with the line break at its end
    String format(Event event);
}
