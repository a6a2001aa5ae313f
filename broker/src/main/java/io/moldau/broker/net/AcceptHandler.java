package io.moldau.broker.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Stands before a listener's own acceptor and turns away whom [Admission] does not admit.
final class AcceptHandler extends ChannelInboundHandlerAdapter {
    private final Admission admission;
    private final int connectionsMax;
    private Admission.Door door;

    AcceptHandler(Admission admission, int connectionsMax) {
        this.admission = admission;
        this.connectionsMax = connectionsMax;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        door = admission.door(ctx.channel(), connectionsMax);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var client = (Channel) message;
        if (door.admit(client)) {
            ctx.fireChannelRead(client);
        } else {
            client.unsafe().closeForcibly();
        }
    }
}
