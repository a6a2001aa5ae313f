package io.moldau.quorum.controller;

import io.moldau.metadata.MetadataCommand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Commands and probes that are under way, by the number that their answer will carry.
final class Requests {
    private final Map<Long, Object> subjects = new HashMap<>();
    private long next = 1;

    /// @param subject what the command is about: one at a time is under way for each
    /// @return false if one is under way already
    boolean submit(Object subject, MetadataCommand command, List<ControllerEffect> effects) {
        if (isUnderWay(subject)) {
            return false;
        }
        effects.add(new ControllerEffect.Submit(begin(subject), command));
        return true;
    }

    long begin(Object subject) {
        long id = next++;
        subjects.put(id, subject);
        return id;
    }

    boolean isUnderWay(Object subject) {
        return subjects.containsValue(subject);
    }

    void ended(long id) {
        subjects.remove(id);
    }
}
