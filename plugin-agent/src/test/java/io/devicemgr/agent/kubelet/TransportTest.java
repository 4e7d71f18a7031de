package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.podresources.v1.ListPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.ListPodResourcesResponse;
import io.devicemgr.proto.podresources.v1.PodResourcesListerGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A wedged transport is what no other sign of life shows: the kubelet would wait for ever. */
class TransportTest {
    private final CountDownLatch stone = new CountDownLatch(1);
    private final Transport transport = new Transport(Duration.ofMillis(50));

    @AfterEach
    void close() {
        stone.countDown();
        transport.close();
    }

    @Test
    void anEventLoopThatIsStuckIsNamedUntilItGetsOn() {
        assertThat(transport.trouble()).isEmpty();
        transport.eventLoop().execute(this::awaitStone);
        await().until(() -> transport
                .trouble()
                .filter(text -> text.startsWith("The event loop of gRPC has been stuck"))
                .isPresent());
        stone.countDown();
        await().until(() -> transport.trouble().isEmpty());
    }

    @Test
    void callsThatAllHangAreNamedAndOneIsNot() throws IOException {
        Path socket = Files.createTempDirectory(Path.of("/tmp"), "t").resolve("s.sock");
        Server server = transport.server(socket, new Hanging()).start();
        ManagedChannel channel = transport.channel(socket);
        try {
            for (int i = 0; i < 4; i++) {
                PodResourcesListerGrpc.newStub(channel)
                        .list(ListPodResourcesRequest.getDefaultInstance(), new Answer<>());
            }
            await().until(() -> transport
                    .trouble()
                    .filter(text -> text.startsWith("Every thread that answers the kubelet has been stuck"))
                    .isPresent());
            stone.countDown();
            await().until(() -> transport.trouble().isEmpty());
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
            Files.deleteIfExists(socket);
            Files.delete(socket.getParent());
        }
    }

    private void awaitStone() {
        try {
            stone.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Hanging extends PodResourcesListerGrpc.PodResourcesListerImplBase {
        @Override
        public void list(ListPodResourcesRequest request, StreamObserver<ListPodResourcesResponse> answer) {
            awaitStone();
            answer.onCompleted();
        }
    }
}
