package io.moldau.broker.logging;

import java.util.List;
import java.util.Optional;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/// What happened, where and when.
record Event(
        long timeMs,
        Level level,
        String logger,
        String thread,
        String message,
        List<KeyValuePair> facts,
        Optional<Throwable> failure) {}
