package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.runtime.Pulse;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
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
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** gRPC over Unix sockets: one event loop for all of them, and a few threads that go away when nothing is asked. */
final class Transport implements AutoCloseable {
    /** Holds the largest request and answer of the kubelet (contract rules 10, 98). */
    private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private static final int MAX_METADATA_BYTES = 64 * 1024;
    private static final int END_MILLIS = 200;
    private static final int RPC_THREADS = 4;
    private static final int RPC_IDLE_SECONDS = 10;
    private static final Duration WEDGED = Duration.ofSeconds(15);

    private final EventLoopGroup eventLoop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("kubelet-io", true), NioIoHandler.newFactory());
    private final ThreadPoolExecutor calls = new ThreadPoolExecutor(
            RPC_THREADS,
            RPC_THREADS,
            RPC_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("kubelet-calls", true),
            // Rejects nothing before the end; then what a dying channel still wants to say is of no interest.
            new ThreadPoolExecutor.DiscardPolicy());

    private final Pulse eventLoopPulse;
    private final Pulse callsPulse;
    private final Set<ManagedChannel> channels = ConcurrentHashMap.newKeySet();

    Transport() {
        this(WEDGED);
    }

    /** @param wedged how long the event loop may be busy with one thing, and all threads with calls */
    Transport(Duration wedged) {
        eventLoopPulse = new Pulse("The event loop of gRPC", wedged, eventLoop);
        callsPulse = new Pulse("Every thread that answers the kubelet", wedged, this::idleOrQueued);
        calls.allowCoreThreadTimeOut(true);
    }

    /** The thread on which all connections are served. */
    Executor eventLoop() {
        return eventLoop;
    }

    /** What is wrong with the threads, or nothing; finds it out from one question to the next. */
    Optional<String> trouble() {
        return eventLoopPulse.trouble().or(callsPulse::trouble);
    }

    /** A pulse must not keep a thread alive that nothing else needs. */
    private void idleOrQueued(Runnable beat) {
        if (calls.getActiveCount() < RPC_THREADS) {
            beat.run();
        } else {
            calls.execute(beat);
        }
    }

    /** A server that is not started yet. */
    Server server(Path socket, BindableService... services) {
        return NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(eventLoop)
                .workerEventLoopGroup(eventLoop)
                .executor(calls)
                .callExecutor(new ExecutorByMethod())
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .addServices(
                        Stream.of(services).map(BindableService::bindService).toList())
                .build();
    }

    /** A channel to a socket of the kubelet; it connects at the first call. */
    ManagedChannel channel(Path socket) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .eventLoopGroup(eventLoop)
                .executor(calls)
                .offloadExecutor(calls)
                .usePlaintext()
                // Whoever calls tries again himself, and knows when that makes sense.
                .disableRetry()
                .overrideAuthority("localhost")
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .build();
        channels.removeIf(ManagedChannel::isTerminated);
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels) {
                channel.awaitTermination(END_MILLIS, TimeUnit.MILLISECONDS);
            }
            // What is left of the calls still needs the event loop.
            calls.shutdown();
            calls.awaitTermination(END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    /**
     * Allocate is answered where it is read: it is in memory only, the kubelet holds up all admissions meanwhile, and two hand-overs
     * between threads would take longer than the answer. Everything else goes to the threads for calls.
     */
    private static final class ExecutorByMethod implements ServerCallExecutorSupplier {
        private static final String ALLOCATE =
                DevicePluginGrpc.getAllocateMethod().getFullMethodName();

        @Override
        public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
            boolean allocate = call.getMethodDescriptor().getFullMethodName().equals(ALLOCATE);
            return allocate ? Runnable::run : null;
        }
    }
}
