package io.moldau.broker.net;

import io.netty.channel.ChannelConfig;

/// Decides whether a connection's socket is read. Each reason to stop is a bit, and the socket is
/// read while none is set.
///
/// A socket that is not read fills, and the client's own send blocks: this is the only
/// back-pressure that Kafka's protocol has.
final class ReadGate {
    /// The client does not take its answers.
    static final int ANSWERS_PILE_UP = 1;

    /// The frame under way waits for memory.
    static final int NO_MEMORY = 2;

    /// The requests that were read have to be answered first.
    static final int REQUESTS_PILE_UP = 4;

    /// The endpoint or the connection is closing.
    static final int CLOSING = 8;

    private final ChannelConfig config;
    private int reasons;
    private boolean stopped;

    ReadGate(ChannelConfig config) {
        this.config = config;
    }

    boolean isOpen() {
        return reasons == 0;
    }

    void close(int reason) {
        reasons |= reason;
        if (!stopped) {
            stopped = true;
            config.setAutoRead(false);
        }
    }

    /// Takes back one reason. The socket itself is read again only after [#resume()], since what
    /// has already arrived comes first.
    ///
    /// @return true if this was the last reason
    boolean open(int reason) {
        boolean wasClosed = reasons != 0;
        reasons &= ~reason;
        return wasClosed && reasons == 0;
    }

    void resume() {
        if (stopped && reasons == 0) {
            stopped = false;
            config.setAutoRead(true);
        }
    }
}
