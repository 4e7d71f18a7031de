package io.devicemgr.agent.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One connection: the next request is read when the answer to the one before has gone out, and there is a time limit from one
 * answer to the next, so that a client can neither pile up answers nor stay without asking.
 */
final class Conversation extends SimpleChannelInboundHandler<HttpObject> {
    /** For what the client still sends after a refusal: closed at once, the connection would be reset and the answer lost. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(1);

    private final Site site;
    private final Duration limit;

    /** What came in one piece with the request that is being answered: no more than fits into one read. */
    private final Queue<HttpRequest> waiting = new ArrayDeque<>();

    private Future<?> deadline;
    private boolean answering;
    private boolean over;

    Conversation(Site site, Duration limit) {
        this.site = site;
        this.limit = limit;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        next(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelDeadline();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (over || !(part instanceof HttpRequest request)) {
            return;
        }
        if (answering) {
            waiting.add(request);
        } else {
            answer(context, request);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that went away; everything else was answered.
        context.close();
    }

    private void answer(ChannelHandlerContext context, HttpRequest request) {
        answering = true;
        boolean cut = Site.isCut(request);
        over = cut || !HttpUtil.isKeepAlive(request);
        context.writeAndFlush(response(context, site.answer(request))).addListener(sent -> {
            if (!sent.isSuccess() || over && !cut) {
                context.close();
            } else if (cut) {
                dismiss(context);
            } else {
                next(context);
            }
        });
    }

    private FullHttpResponse response(ChannelHandlerContext context, Page page) {
        ByteBuf body = ByteBufUtil.writeUtf8(context.alloc(), page.text());
        HttpResponseStatus status = HttpResponseStatus.valueOf(page.status());
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, over ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        return response;
    }

    private void next(ChannelHandlerContext context) {
        closeAfter(context, limit);
        HttpRequest request = waiting.poll();
        if (request == null) {
            answering = false;
            context.read();
        } else {
            answer(context, request);
        }
    }

    private void dismiss(ChannelHandlerContext context) {
        closeAfter(context, LAST_BYTES);
        ((SocketChannel) context.channel()).shutdownOutput();
        context.channel().config().setAutoRead(true);
    }

    private void closeAfter(ChannelHandlerContext context, Duration time) {
        cancelDeadline();
        deadline = context.executor().schedule(() -> context.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
