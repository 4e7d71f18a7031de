package io.devicemgr.testkit.kubelet;

import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The transport: gRPC over the JDK's own Unix sockets, without native code. */
public final class UnixSockets implements AutoCloseable {
    private static final int THREADS = 2;

    /** gRPC sets SO_KEEPALIVE on every channel, and Netty warns each time that a Unix socket has no such option. */
    private static final List<Logger> QUIET = List.of(
            Logger.getLogger("io.netty.bootstrap.Bootstrap"), Logger.getLogger("io.netty.bootstrap.ServerBootstrap"));

    static {
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    }

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            THREADS, new DefaultThreadFactory("kubelet-io", true), NioIoHandler.newFactory());

    /** A server on a socket of that path. */
    public NettyServerBuilder server(Path socket) {
        return NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops);
    }

    /** A plaintext channel to a socket; it connects at the first call. */
    public NettyChannelBuilder channel(Path socket, String authority) {
        return NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(loops)
                .overrideAuthority(authority)
                .usePlaintext();
    }

    @Override
    public void close() {
        loops.shutdownGracefully();
    }
}
