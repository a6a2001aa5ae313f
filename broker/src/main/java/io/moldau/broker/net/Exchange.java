package io.moldau.broker.net;

import io.moldau.broker.api.RequestContext;
import io.moldau.broker.api.RequestHandler;
import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiMessage;

/// One request and its place among the answers of its connection.
final class Exchange {
    private enum State {
        /// The handler has it.
        OPEN,
        /// There is an answer, which waits for those before it.
        ANSWERED,
        /// The protocol wants no answer.
        SILENT,
        /// It cannot be answered, so the connection ends here.
        BROKEN
    }

    final RequestContext context;
    final RequestHandler<ApiMessage, ApiMessage> handler;
    final ApiMessage request;

    /// Version of the answer's body.
    final short answerVersion;

    private State state = State.OPEN;
    private ApiMessage answer;
    private ByteBuf frame;

    /// @param frame what the request's records are slices of, kept until the handler is done; null
    ///   if nothing refers to it
    Exchange(
            RequestContext context,
            RequestHandler<ApiMessage, ApiMessage> handler,
            ApiMessage request,
            short answerVersion,
            ByteBuf frame) {
        this.context = context;
        this.handler = handler;
        this.request = request;
        this.answerVersion = answerVersion;
        this.frame = frame;
    }

    /// The frame, once, for its release.
    ByteBuf takeFrame() {
        var taken = frame;
        frame = null;
        return taken;
    }

    /// False for a Produce with `acks=0`, the protocol's only request without an answer.
    boolean wantsAnswer() {
        return !(request instanceof ProduceRequestData produce && produce.acks() == 0);
    }

    void answer(ApiMessage message) {
        state = State.ANSWERED;
        answer = message;
    }

    void stayingSilent() {
        state = State.SILENT;
    }

    void broken() {
        state = State.BROKEN;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isBroken() {
        return state == State.BROKEN;
    }

    /// The answer, once: to be sent or to be discarded. Null if there is none.
    ApiMessage takeAnswer() {
        var taken = answer;
        answer = null;
        return taken;
    }
}
