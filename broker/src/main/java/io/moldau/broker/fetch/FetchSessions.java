package io.moldau.broker.fetch;

import io.moldau.env.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/// All fetch sessions of this node: a bounded number, of which the longest unused one makes room.
public final class FetchSessions {
    private static final long EVICT_AFTER_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final int sessionsMax;
    private final Clock clock;
    private final Map<Integer, FetchSession> sessions = new ConcurrentHashMap<>();

    /// @param sessionsMax `max.incremental.fetch.session.cache.slots`; 0 serves every fetch without
    ///   a session
    public FetchSessions(int sessionsMax, Clock clock) {
        this.sessionsMax = sessionsMax;
        this.clock = clock;
    }

    /// Decides what a request asks for.
    ///
    /// @param withTopicIds version 13 and above: topics are given by id
    public FetchPlan plan(FetchRequestData request, short version, boolean withTopicIds) {
        if (version < 7 || request.sessionEpoch() == FetchMetadata.FINAL_EPOCH) {
            sessions.remove(request.sessionId());
            return withoutSession(request);
        }
        if (request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH) {
            sessions.remove(request.sessionId());
            return opened(request, withTopicIds);
        }
        return continued(request, withTopicIds);
    }

    private static FetchPlan withoutSession(FetchRequestData request) {
        List<FetchTarget> targets = new ArrayList<>();
        for (var topic : request.topics()) {
            for (var asked : topic.partitions()) {
                var key = new FetchTarget.Key(topic.topicId(), topic.topic(), asked.partition());
                targets.add(new FetchTarget(key, asked));
            }
        }
        return new FetchPlan.Read(FetchMetadata.INVALID_SESSION_ID, targets, null, true);
    }

    private FetchPlan opened(FetchRequestData request, boolean withTopicIds) {
        if (request.topics().isEmpty() || !hasRoom()) {
            return withoutSession(request);
        }
        var session = newSession(withTopicIds);
        return new FetchPlan.Read(session.id(), session.update(request), session, true);
    }

    private FetchPlan continued(FetchRequestData request, boolean withTopicIds) {
        var session = sessions.get(request.sessionId());
        if (session == null) {
            return new FetchPlan.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.usesTopicIds() != withTopicIds) {
            return new FetchPlan.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        if (!session.advance(request.sessionEpoch(), clock.monotonicNanos())) {
            return new FetchPlan.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        var targets = session.update(request);
        if (targets.isEmpty()) {
            sessions.remove(session.id());
            return withoutSession(request);
        }
        return new FetchPlan.Read(session.id(), targets, session, false);
    }

    private synchronized boolean hasRoom() {
        if (sessions.size() < sessionsMax) {
            return true;
        }
        long now = clock.monotonicNanos();
        sessions.values().removeIf(session -> now - session.lastUsedNanos() > EVICT_AFTER_NANOS);
        return sessions.size() < sessionsMax;
    }

    private FetchSession newSession(boolean withTopicIds) {
        while (true) {
            int id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
            var session = new FetchSession(id, withTopicIds, clock.monotonicNanos());
            if (sessions.putIfAbsent(id, session) == null) {
                return session;
            }
        }
    }

    int size() {
        return sessions.size();
    }
}
