package io.moldau.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.env.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final short VERSION = 12;
    private final TestClock clock = new TestClock();
    private final FetchSessions sessions = new FetchSessions(2, clock);

    @Test
    void anOldClientIsServedWithoutASession() {
        // when
        var plan = read(sessions.plan(request(0, 0, "t", 0, 1), (short) 6, false));

        // then
        assertThat(plan.sessionId()).isZero();
        assertThat(plan.full()).isTrue();
        assertThat(plan.targets()).hasSize(2);
    }

    @Test
    void anIncrementalRequestReadsAllPartitionsOfItsSession() {
        // given
        var opened = read(sessions.plan(request(0, 0, "t", 0, 1), VERSION, false));

        // when
        var next = read(sessions.plan(request(opened.sessionId(), 1, "t", 2), VERSION, false));

        // then
        assertThat(next.sessionId()).isEqualTo(opened.sessionId());
        assertThat(next.full()).isFalse();
        assertThat(next.targets()).extracting(FetchTarget::partition).containsExactly(0, 1, 2);
    }

    @Test
    void forgottenPartitionsAreReadNoMore() {
        // given
        int id = read(sessions.plan(request(0, 0, "t", 0, 1), VERSION, false)).sessionId();
        var request = request(id, 1, "t");
        request.forgottenTopicsData()
                .add(new ForgottenTopic().setTopic("t").setPartitions(List.of(0)));

        // when
        var next = read(sessions.plan(request, VERSION, false));

        // then
        assertThat(next.targets()).extracting(FetchTarget::partition).containsExactly(1);
    }

    @Test
    void anUnknownSessionIsRefused() {
        assertThat(sessions.plan(request(77, 1, "t", 0), VERSION, false))
                .isEqualTo(new FetchPlan.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
    }

    @Test
    void anEpochOutOfTurnIsRefused() {
        // given
        int id = read(sessions.plan(request(0, 0, "t", 0), VERSION, false)).sessionId();

        // when
        var plan = sessions.plan(request(id, 5, "t"), VERSION, false);

        // then
        assertThat(plan).isEqualTo(new FetchPlan.Refused(Errors.INVALID_FETCH_SESSION_EPOCH));
    }

    @Test
    void aSessionByNameIsNotContinuedByTopicId() {
        // given
        int id = read(sessions.plan(request(0, 0, "t", 0), VERSION, false)).sessionId();

        // when
        var plan = sessions.plan(request(id, 1, ""), (short) 13, true);

        // then
        assertThat(plan).isEqualTo(new FetchPlan.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR));
    }

    @Test
    void theFinalEpochClosesTheSession() {
        // given
        int id = read(sessions.plan(request(0, 0, "t", 0), VERSION, false)).sessionId();

        // when
        var last = read(sessions.plan(request(id, -1, "t", 0), VERSION, false));

        // then
        assertThat(last.sessionId()).isZero();
        assertThat(sessions.size()).isZero();
    }

    @Test
    void aFullCacheServesWithoutASessionUntilAnOldOneMakesRoom() {
        // given
        sessions.plan(request(0, 0, "a", 0), VERSION, false);
        sessions.plan(request(0, 0, "b", 0), VERSION, false);

        // when
        var third = read(sessions.plan(request(0, 0, "c", 0), VERSION, false));
        clock.nanos += TimeUnit.MINUTES.toNanos(3);
        var fourth = read(sessions.plan(request(0, 0, "d", 0), VERSION, false));

        // then
        assertThat(third.sessionId()).isZero();
        assertThat(fourth.sessionId()).isPositive();
        assertThat(sessions.size()).isEqualTo(1);
    }

    private static FetchPlan.Read read(FetchPlan plan) {
        assertThat(plan).isInstanceOf(FetchPlan.Read.class);
        return (FetchPlan.Read) plan;
    }

    private static FetchRequestData request(int id, int epoch, String topic, int... partitions) {
        var request = new FetchRequestData().setSessionId(id).setSessionEpoch(epoch);
        if (partitions.length > 0) {
            var asked = new FetchTopic().setTopic(topic).setTopicId(Uuid.ZERO_UUID);
            for (int partition : partitions) {
                asked.partitions().add(new FetchPartition().setPartition(partition));
            }
            request.topics().add(asked);
        }
        return request;
    }

    private static final class TestClock implements Clock {
        private long nanos;

        @Override
        public long wallMs() {
            return TimeUnit.NANOSECONDS.toMillis(nanos);
        }

        @Override
        public long monotonicNanos() {
            return nanos;
        }
    }
}
