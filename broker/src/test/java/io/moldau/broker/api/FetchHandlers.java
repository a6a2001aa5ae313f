package io.moldau.broker.api;

import io.moldau.broker.fetch.FetchSessions;
import io.moldau.broker.fetch.NearestReplica;
import io.moldau.broker.partition.PartitionsFixture;
import io.moldau.env.Clock;

/// Makes the handlers that tests of fetching ask.
final class FetchHandlers {
    private static final int SESSIONS_MAX = 10;
    private static final int RESPONSE_BYTES_MAX = 1 << 20;

    private FetchHandlers() {}

    static FetchHandler over(PartitionsFixture fixture) {
        return new FetchHandler(
                fixture.partitions(),
                new FetchSessions(SESSIONS_MAX, Clock.system()),
                NodeAddresses.advertisedTo(PartitionsFixture.NODE),
                RESPONSE_BYTES_MAX,
                NearestReplica.SAME_RACK);
    }
}
