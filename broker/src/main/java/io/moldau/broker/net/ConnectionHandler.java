package io.moldau.broker.net;

import io.moldau.broker.api.RecordPayload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One client connection. It moves frames and keeps their order; what they mean is the handlers'
/// business.
///
/// Everything here runs on the connection's event loop.
@SuppressWarnings("FutureReturnValueIgnored") // Failed writes arrive as exceptionCaught.
final class ConnectionHandler extends ChannelInboundHandlerAdapter implements FrameReader.Receiver {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectionHandler.class);
    private static final RareLog REFUSALS = new RareLog(LOGGER, Level.WARN);
    private static final RareLog FAILURES = new RareLog(LOGGER, Level.ERROR);

    private final String listener;
    private final RequestDecoder decoder;
    private final MemoryBudget budget;
    private final ReadGate gate;
    private final FrameReader frames;
    private final ExchangeQueue exchanges = new ExchangeQueue();
    private final Deque<ByteBuf> postponed = new ArrayDeque<>(1);
    private final Activity activity;

    private ChannelHandlerContext ctx;
    private ConnectionInfo connection;
    private boolean closing;
    private boolean broken;
    private boolean closed;
    private boolean starting;
    private boolean reading;
    private boolean flushDue;

    ConnectionHandler(
            String listener,
            Channel channel,
            RequestDecoder decoder,
            MemoryBudget budget,
            NetConfig config) {
        this.listener = listener;
        this.decoder = decoder;
        this.budget = budget;
        this.gate = new ReadGate(channel.config());
        this.frames = new FrameReader(this, gate, budget, config.requestBytesMax());
        this.activity = new Activity(channel, config.idleMsMax());
        channel.config().setRecvByteBufAllocator(frames.allocator());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var channel = context.channel();
        connection =
                new ConnectionInfo(
                        listener,
                        channel,
                        address(channel.remoteAddress()),
                        address(channel.localAddress()),
                        this::closeWhenAnswered);
        activity.watch(() -> exchanges.isEmpty(), this::closeIdle);
        context.fireChannelActive();
    }

    /// A channel without internet addresses is a test's.
    private static InetSocketAddress address(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet
                : InetSocketAddress.createUnresolved("embedded", 0);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        reading = true;
        frames.onBytes(context, (ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        activity.touch();
        flushIfDue();
    }

    /// A client that stops reading slows itself, not the broker.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            openGate(ReadGate.ANSWERS_PILE_UP);
        } else {
            gate.close(ReadGate.ANSWERS_PILE_UP);
        }
        context.fireChannelWritabilityChanged();
    }

    private void openGate(int reason) {
        if (gate.open(reason)) {
            frames.resume(ctx);
        }
    }

    @Override
    public void onFrame(ByteBuf frame) {
        postponed.addLast(frame);
        startPostponed();
    }

    /// Starts what may be started, in order, and stops the reading while anything is left.
    private void startPostponed() {
        if (starting) {
            return; // A handler has answered at once; the loop below goes on by itself.
        }
        starting = true;
        while (!postponed.isEmpty() && !closing && mayStart(postponed.peekFirst())) {
            start(postponed.pollFirst());
        }
        starting = false;
        if (closing) {
            dropPostponed();
        } else if (postponed.isEmpty()) {
            openGate(ReadGate.REQUESTS_PILE_UP);
        } else {
            gate.close(ReadGate.REQUESTS_PILE_UP);
        }
    }

    private boolean mayStart(ByteBuf frame) {
        if (exchanges.isEmpty()) {
            return true;
        }
        var handler = decoder.peekHandler(frame);
        return handler != null && exchanges.admits(handler);
    }

    private void start(ByteBuf frame) {
        switch (decoder.decode(frame, connection)) {
            case RequestDecoder.Decoded.Call call -> call(call, frame);
            case RequestDecoder.Decoded.UnknownApiVersions unknown -> {
                letGo(frame);
                refuseApiVersions(unknown);
            }
            case RequestDecoder.Decoded.Refused(var reason) -> {
                letGo(frame);
                onBadFrame(reason);
            }
        }
    }

    private void call(RequestDecoder.Decoded.Call call, ByteBuf frame) {
        var handler = call.handler();
        boolean keep = handler.keepsRequestBuffer();
        var exchange =
                new Exchange(
                        call.context(),
                        handler,
                        call.request(),
                        call.context().apiVersion(),
                        keep ? frame : null);
        exchanges.add(exchange);
        var future = handle(call);
        if (!keep) {
            letGo(frame);
        }
        if (future.isDone()) {
            future.whenComplete((answer, failure) -> complete(exchange, answer, failure));
        } else {
            future.whenComplete((answer, failure) -> completeLater(exchange, answer, failure));
        }
    }

    /// Whatever a handler throws is the failure of one request.
    private static CompletableFuture<ApiMessage> handle(RequestDecoder.Decoded.Call call) {
        try {
            return call.handler().handle(call.context(), call.request());
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void refuseApiVersions(RequestDecoder.Decoded.UnknownApiVersions unknown) {
        var request = RequestDecoder.anyApiVersionsRequest();
        var exchange = new Exchange(unknown.context(), unknown.handler(), request, (short) 0, null);
        exchanges.add(exchange);
        var error = Errors.UNSUPPORTED_VERSION;
        complete(exchange, unknown.handler().errorResponse(request, error, error.message()), null);
    }

    private void completeLater(Exchange exchange, ApiMessage answer, Throwable failure) {
        try {
            ctx.executor().execute(() -> complete(exchange, answer, failure));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it the connection. Nobody else touches the exchange now.
            LOGGER.atDebug().setCause(e).log("answer came after the endpoint had closed");
            letGo(exchange.takeFrame());
            discard(answer);
        }
    }

    private void complete(Exchange exchange, ApiMessage answer, Throwable failure) {
        letGo(exchange.takeFrame());
        if (closed) {
            discard(answer);
            return;
        }
        if (failure != null) {
            fail(exchange, failure);
        } else if (answer == null) {
            exchange.stayingSilent();
        } else {
            exchange.answer(answer);
        }
        drain();
    }

    /// Kafka's error for what went wrong, in the schema's own words. Where the client waits for no
    /// answer, a closed connection is the only sign it understands.
    private void fail(Exchange exchange, Throwable failure) {
        var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        var error = Errors.forException(cause);
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
            FAILURES.event()
                    .addKeyValue("api", exchange.context.apiKey())
                    .addKeyValue("version", exchange.context.apiVersion())
                    .setCause(cause)
                    .log("request failed");
        }
        if (exchange.wantsAnswer()) {
            answerError(exchange, error, sentence(error, cause));
        } else {
            exchange.broken();
        }
    }

    /// What the client may read: a refusal's own words, and nothing of our own mistakes.
    private static String sentence(Errors error, Throwable cause) {
        boolean ours = error == Errors.UNKNOWN_SERVER_ERROR || cause.getMessage() == null;
        return ours ? error.message() : cause.getMessage();
    }

    private void answerError(Exchange exchange, Errors error, String message) {
        try {
            exchange.answer(exchange.handler.errorResponse(exchange.request, error, message));
        } catch (RuntimeException e) {
            FAILURES.event()
                    .addKeyValue("api", exchange.context.apiKey())
                    .setCause(e)
                    .log("request could not even be refused");
            exchange.broken();
        }
    }

    private void drain() {
        if (exchanges.drainTo(this::send)) {
            flushSoon();
            startPostponed();
        }
        if (broken || (closing && exchanges.isEmpty())) {
            closeNow();
        }
    }

    private void send(Exchange exchange) {
        var answer = exchange.takeAnswer();
        if (exchange.isBroken() || broken) {
            discard(answer);
            breakOff();
            return;
        }
        if (answer == null) {
            return;
        }
        try {
            ResponseEncoder.encode(ctx.alloc(), exchange.context, exchange.answerVersion, answer)
                    .forEach(part -> ctx.write(part, ctx.voidPromise()));
        } catch (RuntimeException e) {
            // A file that cannot be read, or an answer that its own schema refuses.
            discard(answer);
            FAILURES.event()
                    .addKeyValue("api", exchange.context.apiKey())
                    .addKeyValue("version", exchange.context.apiVersion())
                    .setCause(e)
                    .log("answer could not be written");
            breakOff();
        }
    }

    /// While reading, the end of the read flushes. Otherwise the flush queues behind the answers
    /// that other threads have already handed over, and takes them along.
    private void flushSoon() {
        if (!flushDue) {
            flushDue = true;
            if (!reading) {
                ctx.executor().execute(this::flushIfDue);
            }
        }
    }

    private void flushIfDue() {
        if (flushDue) {
            flushDue = false;
            activity.touch();
            ctx.flush();
        }
    }

    @Override
    public void onBadFrame(String reason) {
        REFUSALS.event()
                .addKeyValue("client", ctx.channel().remoteAddress())
                .addKeyValue("listener", listener)
                .addKeyValue("reason", reason)
                .log("connection closed: request refused");
        closeWhenAnswered();
    }

    /// Later answers must not be taken for the one that is missing.
    private void breakOff() {
        broken = true;
        beginClosing();
    }

    private void beginClosing() {
        closing = true;
        gate.close(ReadGate.CLOSING);
    }

    /// Reads no more, answers what was read, closes.
    void closeWhenAnswered() {
        beginClosing();
        dropPostponed();
        if (exchanges.isEmpty()) {
            closeNow();
        }
    }

    private void closeNow() {
        flushDue = false;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void closeIdle() {
        LOGGER.atDebug().addKeyValue("client", ctx.channel().remoteAddress()).log("idle, closed");
        ctx.close();
    }

    /// Closes a connection that holds memory for a frame and sends nothing of it.
    ///
    /// @param silentMs how long it must have been silent
    void closeIfStalled(long silentMs) {
        if (frames.holdsHalfFrame() && gate.isOpen() && activity.silentMs() >= silentMs) {
            REFUSALS.event()
                    .addKeyValue("client", ctx.channel().remoteAddress())
                    .addKeyValue("silentMs", activity.silentMs())
                    .log("connection closed: others wait for the memory of its unfinished request");
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        closing = true;
        activity.stop();
        frames.close();
        dropPostponed();
        exchanges.forEach(exchange -> discard(exchange.takeAnswer()));
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that vanishes is no event; its requests end with the connection.
        if (!(cause instanceof IOException)) {
            FAILURES.event().setCause(cause).log("connection failed");
        }
        context.close();
    }

    private void dropPostponed() {
        postponed.forEach(this::letGo);
        postponed.clear();
    }

    private static void discard(ApiMessage answer) {
        if (answer != null) {
            RecordPayload.releaseAll(answer);
        }
    }

    private void letGo(ByteBuf frame) {
        if (frame != null) {
            int bytes = frame.capacity();
            frame.release();
            budget.giveBack(bytes);
        }
    }
}
