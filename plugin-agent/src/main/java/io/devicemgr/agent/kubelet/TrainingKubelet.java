package io.devicemgr.agent.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesRequest;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesResponse;
import io.devicemgr.proto.podresources.v1.ContainerDevices;
import io.devicemgr.proto.podresources.v1.ContainerResources;
import io.devicemgr.proto.podresources.v1.ListPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.ListPodResourcesResponse;
import io.devicemgr.proto.podresources.v1.PodResources;
import io.devicemgr.proto.podresources.v1.PodResourcesListerGrpc;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Just enough of a kubelet to take an agent through all its calls once, so that its classes get into the class data archive. */
public final class TrainingKubelet implements AutoCloseable {
    private final Transport transport = new Transport();
    private final CountDownLatch allocated = new CountDownLatch(1);
    private final CountDownLatch lost = new CountDownLatch(1);
    private final Path directory;
    private final Server registration;
    private final Server podResources;

    /** @throws IOException when a socket cannot be bound */
    public TrainingKubelet(Path devicePlugins, Path podResourcesSocket) throws IOException {
        directory = devicePlugins;
        registration = transport
                .server(devicePlugins.resolve("kubelet.sock"), new Registry())
                .start();
        podResources = transport.server(podResourcesSocket, new Lister()).start();
    }

    /** Waits until a plugin has registered, listed and allocated. */
    public boolean awaitAllocation(long seconds) throws InterruptedException {
        return allocated.await(seconds, TimeUnit.SECONDS);
    }

    /** Waits until a list has a device that is not healthy. */
    public boolean awaitLoss(long seconds) throws InterruptedException {
        return lost.await(seconds, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        registration.shutdownNow();
        podResources.shutdownNow();
        transport.close();
    }

    private void use(String endpoint) {
        ManagedChannel channel = transport.channel(directory.resolve(endpoint));
        DevicePluginGrpc.newStub(channel).listAndWatch(Empty.getDefaultInstance(), new Lists(channel));
    }

    private final class Registry extends RegistrationGrpc.RegistrationImplBase {
        @Override
        public void register(RegisterRequest request, StreamObserver<Empty> answer) {
            ManagedChannel channel = transport.channel(directory.resolve(request.getEndpoint()));
            Answer<DevicePluginOptions> options = new Answer<>();
            DevicePluginGrpc.newStub(channel).getDevicePluginOptions(Empty.getDefaultInstance(), options);
            options.future().thenAccept(ignored -> {
                channel.shutdown();
                answer.onNext(Empty.getDefaultInstance());
                answer.onCompleted();
                // Not in the context of this call, which ends here.
                Context.ROOT.run(() -> use(request.getEndpoint()));
            });
        }
    }

    private final class Lists implements StreamObserver<ListAndWatchResponse> {
        private final ManagedChannel channel;

        private Lists(ManagedChannel channel) {
            this.channel = channel;
        }

        @Override
        public void onNext(ListAndWatchResponse list) {
            if (list.getDevicesList().stream()
                    .anyMatch(device -> device.getHealth().equals("Unhealthy"))) {
                lost.countDown();
            }
            ContainerAllocateRequest.Builder container = ContainerAllocateRequest.newBuilder();
            list.getDevicesList().forEach(device -> container.addDevicesIds(device.getID()));
            Answer<AllocateResponse> answer = new Answer<>();
            DevicePluginGrpc.newStub(channel)
                    .allocate(
                            AllocateRequest.newBuilder()
                                    .addContainerRequests(container)
                                    .build(),
                            answer);
            answer.future().thenAccept(response -> allocated.countDown());
        }

        @Override
        public void onError(Throwable failure) {
            channel.shutdownNow();
        }

        @Override
        public void onCompleted() {
            channel.shutdownNow();
        }
    }

    private static final class Lister extends PodResourcesListerGrpc.PodResourcesListerImplBase {
        @Override
        public void list(ListPodResourcesRequest request, StreamObserver<ListPodResourcesResponse> answer) {
            ListPodResourcesResponse.Builder list = ListPodResourcesResponse.newBuilder();
            list.addPodResources(PodResources.newBuilder()
                    .addContainers(ContainerResources.newBuilder()
                            .addDevices(ContainerDevices.newBuilder().addDeviceIds("training0"))));
            answer.onNext(list.build());
            answer.onCompleted();
        }

        @Override
        public void getAllocatableResources(
                AllocatableResourcesRequest request, StreamObserver<AllocatableResourcesResponse> answer) {
            AllocatableResourcesResponse.Builder ids = AllocatableResourcesResponse.newBuilder();
            ids.addDevices(ContainerDevices.newBuilder()
                    .setResourceName("example.com/training")
                    .addDeviceIds("training0"));
            answer.onNext(ids.build());
            answer.onCompleted();
        }
    }
}
