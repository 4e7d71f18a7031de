package io.devicemgr.agent.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves a few pages to GET and HEAD over HTTP/1.1 and 1.0, on one thread that sleeps while nobody asks. A page is made on that
 * thread: while one hangs, all requests wait, and the probes of the kubelet fail.
 */
public final class HttpPort implements AutoCloseable {
    /** Of a request line, and of all headers of a request. */
    static final int MAX_BYTES = 4096;

    /** More than that many clients: the oldest connection makes room, so that a probe always gets through. */
    static final int MAX_CONNECTIONS = 32;

    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration FAR_OFF = Duration.ofDays(3650);

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("http", true), NioIoHandler.newFactory());
    private final Site site;
    private final Duration idle;
    private final Channel server;

    /** In the order in which they came; touched on the loop's thread only. */
    private final Set<Channel> open = new LinkedHashSet<>();

    /**
     * Takes the port; nobody is answered before {@link #start()}.
     *
     * @param pages by path
     * @throws IOException when the address cannot be bound
     */
    public HttpPort(String host, int port, Map<String, Supplier<Page>> pages) throws IOException {
        this(host, port, pages, IDLE);
    }

    HttpPort(String host, int port, Map<String, Supplier<Page>> pages, Duration idle) throws IOException {
        this.site = new Site(pages);
        this.idle = idle;
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        accept(client);
                    }
                })
                .bind(new InetSocketAddress(host, port))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        server = bound.channel();
        // A loop of Netty on which nothing is planned wakes once a second.
        loop.schedule(() -> {}, FAR_OFF.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** From now on requests are answered. */
    public void start() {
        server.config().setAutoRead(true);
    }

    /** The port that was bound. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** Ends the port and all connections. */
    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    private void accept(Channel client) {
        client.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(MAX_BYTES));
        client.pipeline()
                .addLast(new HttpServerCodec(MAX_BYTES, MAX_BYTES, MAX_BYTES))
                .addLast(new Conversation(site, idle));
        open.add(client);
        client.closeFuture().addListener(closed -> open.remove(client));
        if (open.size() > MAX_CONNECTIONS) {
            open.iterator().next().close();
        }
    }
}
