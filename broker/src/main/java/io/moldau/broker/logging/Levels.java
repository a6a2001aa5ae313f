package io.moldau.broker.logging;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Which logger writes from which level on: the longest name that leads to it decides.
///
/// Read by every logger when a level changes, so that the hot path only compares two numbers.
final class Levels {
    static final String ROOT = "root";

    private final Map<String, Threshold> set = new ConcurrentHashMap<>();
    private final Map<String, EventLogger> loggers = new ConcurrentSkipListMap<>();

    /// Libraries that tell more than an operator wants to know.
    Levels() {
        set.put(ROOT, Threshold.INFO);
        set.put("org.apache.ratis", Threshold.WARN);
        // Tells of every orderly stop as if it were none.
        set.put(
                "org.apache.ratis.server.raftlog.segmented.SegmentedRaftLogWorker",
                Threshold.ERROR);
        // While a node is away, Ratis tells of every attempt to reach it, with a stack trace.
        set.put("org.apache.ratis.server.leader", Threshold.ERROR);
        // So it does when all nodes stop at once, and there is no successor left.
        set.put("org.apache.ratis.server.impl.TransferLeadership", Threshold.ERROR);
        // A peer that was killed while something was sent to it: a stack trace each time, and the
        // end of its streams says it already.
        set.put("io.grpc.netty", Threshold.ERROR);
        set.put("org.apache.kafka", Threshold.WARN);
        set.put("io.netty", Threshold.WARN);
        set.put("io.grpc", Threshold.WARN);
    }

    EventLogger logger(String name, Output output) {
        return loggers.computeIfAbsent(name, _ -> new EventLogger(name, output, thresholdOf(name)));
    }

    Map<String, EventLogger> loggers() {
        return loggers;
    }

    Threshold thresholdOf(String name) {
        for (String prefix = name; ; prefix = prefix.substring(0, prefix.lastIndexOf('.'))) {
            Threshold own = set.get(prefix);
            if (own != null) {
                return own;
            }
            if (prefix.lastIndexOf('.') < 0) {
                return set.get(ROOT);
            }
        }
    }

    /// @param threshold empty to follow the name above again; the root then goes back to INFO
    void set(String name, Optional<Threshold> threshold) {
        if (threshold.isPresent()) {
            set.put(name, threshold.get());
        } else if (name.equals(ROOT)) {
            set.put(ROOT, Threshold.INFO);
        } else {
            set.remove(name);
        }
        loggers.forEach((logger, events) -> events.threshold(thresholdOf(logger)));
    }
}
