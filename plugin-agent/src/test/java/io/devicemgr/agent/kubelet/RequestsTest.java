package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestsTest {
    /** Rules 58, 72c and 74 say what a kubelet sends. */
    @Test
    void whatAKubeletSendsHasNoFault() {
        assertThat(Requests.fault(allocate("a", "b"))).isEmpty();
        assertThat(Requests.fault(AllocateRequest.newBuilder()
                        .addContainerRequests(container("a"))
                        .addContainerRequests(container("a"))
                        .build()))
                .isEmpty();
        assertThat(Requests.fault(prestart("x".repeat(63)))).isEmpty();
        assertThat(Requests.fault(prefer(List.of("a", "b"), List.of("b"), 2))).isEmpty();
        assertThat(Requests.fault(prefer(List.of("a", "b"), List.of(), 1))).isEmpty();
    }

    /** Rule 78: some documentation spells it PreStartcontainer. */
    @Test
    void theKubeletsNameOfTheCallIsServed() {
        assertThat(DevicePluginGrpc.getPreStartContainerMethod().getFullMethodName())
                .isEqualTo("v1beta1.DevicePlugin/PreStartContainer");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void aMalformedRequestIsToldWhatIsWrong(Optional<String> fault, String said) {
        assertThat(fault).get().asString().contains(said);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(Requests.fault(AllocateRequest.getDefaultInstance()), "names no container"),
                Arguments.of(Requests.fault(allocate()), "names no device id"),
                Arguments.of(Requests.fault(allocate("")), "id '' in the request is empty"),
                Arguments.of(Requests.fault(allocate("a", "a")), "'a' in the request is there twice"),
                Arguments.of(Requests.fault(allocate("a\0b")), "'a?b' in the request has a control character"),
                Arguments.of(Requests.fault(prestart()), "names no device id"),
                Arguments.of(Requests.fault(prestart("x".repeat(10_000))), "has 10000 characters, and 63 is the most"),
                Arguments.of(Requests.fault(PreferredAllocationRequest.getDefaultInstance()), "names no container"),
                Arguments.of(Requests.fault(prefer(List.of("a"), List.of(), -1)), "size is -1, which is negative"),
                Arguments.of(
                        Requests.fault(prefer(List.of("a"), List.of(), Integer.MAX_VALUE)),
                        "size is 2147483647, but only 1 are available"),
                Arguments.of(
                        Requests.fault(prefer(List.of("a", "b"), List.of("a", "b"), 1)),
                        "size is 1, but 2 are to be included"),
                Arguments.of(
                        Requests.fault(prefer(List.of("a"), List.of("z"), 1)),
                        "'z' is to be included but not available"),
                Arguments.of(Requests.fault(prefer(List.of("\n"), List.of(), 1)), "'?' in the available ids"));
    }

    @Test
    void aTextOfThousandsOfCharactersIsNotRepeated() {
        assertThat(Requests.fault(allocate("x".repeat(10_000))).orElseThrow()).hasSizeLessThan(120);
    }

    private static AllocateRequest allocate(String... ids) {
        return AllocateRequest.newBuilder().addContainerRequests(container(ids)).build();
    }

    private static ContainerAllocateRequest container(String... ids) {
        return ContainerAllocateRequest.newBuilder()
                .addAllDevicesIds(List.of(ids))
                .build();
    }

    private static PreStartContainerRequest prestart(String... ids) {
        return PreStartContainerRequest.newBuilder()
                .addAllDevicesIds(List.of(ids))
                .build();
    }

    private static PreferredAllocationRequest prefer(List<String> available, List<String> required, int size) {
        return PreferredAllocationRequest.newBuilder()
                .addContainerRequests(ContainerPreferredAllocationRequest.newBuilder()
                        .addAllAvailableDeviceIDs(available)
                        .addAllMustIncludeDeviceIDs(required)
                        .setAllocationSize(size))
                .build();
    }
}
