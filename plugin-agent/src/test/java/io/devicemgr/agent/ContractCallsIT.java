package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.kubelet.RawKubelet;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerSpecification;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.StartResult;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Groups F to H of docs/kubelet-contract.md: what the kubelet calls. */
@Execution(ExecutionMode.CONCURRENT)
class ContractCallsIT extends AgentScenario {
    private static final String BOTH = "[/dev/ttyUSB0, /dev/ttyUSB1]";

    @BeforeEach
    void agent() throws IOException {
        scene.plug("ttyUSB1", "zero");
        scene.kubelet().start();
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 2);
        scene.awaitVerified();
    }

    /** Rules 58 and 59. */
    @Test
    void everyContainerOfTheRequestHasItsEntryInTheAnswerInOrder() {
        try (RawKubelet kubelet = raw()) {
            assertThat(kubelet.allocate(List.of(List.of("ttyUSB1"), List.of("ttyUSB0"))))
                    .isEqualTo("OK [[/dev/ttyUSB1], [/dev/ttyUSB0]]");
        }
    }

    /** Rules 60 and 61. */
    @Test
    void theSameIdsGiveTheSameAnswerWheneverAndInWhateverOrder() {
        try (RawKubelet kubelet = raw()) {
            String first = kubelet.allocate(List.of(List.of("ttyUSB1", "ttyUSB0")));
            assertThat(first).isEqualTo("OK [" + BOTH + "]");
            assertThat(kubelet.allocate(List.of(List.of("ttyUSB0", "ttyUSB1")))).isEqualTo(first);
            assertThat(kubelet.allocate(List.of(List.of("ttyUSB1", "ttyUSB0")))).isEqualTo(first);
        }
    }

    /** Rule 61: the app container gets the device that the init container had, by a call of its own. */
    @Test
    void aDeviceIsAllocatedAgainWithoutHavingBeenReleased() {
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 2)
                .withInitContainers(ContainerSpecification.of("init", Map.of(SERIAL, 2)));
        Map<String, ContainerDevices> given = scene.kubelet().admit(pod).containers();
        assertThat(given.get("main").devices()).isEqualTo(given.get("init").devices());
        scene.kubelet().removePod(pod);
        scene.kubelet().admit(PodSpecification.of("next", SERIAL, 2)).containers();
        assertThat(scene.kubelet().calls().count(Rpc.ALLOCATE, SERIAL)).isEqualTo(3);
    }

    /** Rules 62, 63 and 64: one bad device fails the whole call, and says which and why. */
    @Test
    void unknownAndUnhealthyDevicesAreRefusedByName() throws IOException {
        scene.unplug("ttyUSB1");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Unhealthy"));
        try (RawKubelet kubelet = raw()) {
            assertThat(kubelet.allocate(List.of(List.of("ttyUSB0", "ttyUSB9"))))
                    .startsWith("FAILED_PRECONDITION: ")
                    .contains(SERIAL + " has no device 'ttyUSB9' on this node");
            assertThat(kubelet.allocate(List.of(List.of("ttyUSB0", "ttyUSB1"))))
                    .startsWith("FAILED_PRECONDITION: ")
                    .contains("device 'ttyUSB1'", "/dev/ttyUSB1 is not there");
        }
    }

    /** Rules 63 and 65: the text of a refusal reaches the pod, and a pod that comes later is not hindered. */
    @Test
    void aRefusedPodLeavesTheDevicesToTheNext() throws IOException {
        scene.kubelet().faults().stallReader(SERIAL);
        scene.unplug("ttyUSB0");
        scene.unplug("ttyUSB1");
        scene.awaitReport(status -> status.summary().devices().equals("1/3"));
        AdmissionResult refused = scene.kubelet().admit(PodSpecification.of("early", SERIAL, 2));
        assertThat(refused.toString()).contains("UnexpectedAdmissionError");
        scene.kubelet().faults().resumeReader(SERIAL);
        scene.awaitAllocatable(SERIAL, 0);
        scene.plug("ttyUSB0", "null");
        scene.plug("ttyUSB1", "zero");
        scene.awaitAllocatable(SERIAL, 2);
        scene.kubelet().admit(PodSpecification.of("late", SERIAL, 2)).containers();
    }

    /** Rules 58, 59, 72c and 74: what no kubelet sends is refused as such, and has no effect. */
    @Test
    void malformedRequestsAreInvalidArgumentsAndNothingElse() {
        try (RawKubelet kubelet = raw()) {
            String longId = "x".repeat(10_000);
            assertThat(List.of(
                            kubelet.allocate(List.of()),
                            kubelet.allocate(List.of(List.of())),
                            kubelet.allocate(List.of(List.of("ttyUSB0"), List.of("a\0b"))),
                            kubelet.allocate(List.of(List.of(longId))),
                            kubelet.preStart(List.of()),
                            kubelet.preStart(List.of(longId)),
                            kubelet.preferForNobody(),
                            kubelet.prefer(List.of("ttyUSB0"), List.of(), -1),
                            kubelet.prefer(List.of("ttyUSB0"), List.of(), Integer.MAX_VALUE),
                            kubelet.prefer(List.of("ttyUSB0"), List.of("ttyUSB1"), 1)))
                    .allSatisfy(answer -> assertThat(answer)
                            .startsWith("INVALID_ARGUMENT: the ")
                            .hasSizeLessThan(200));
            assertThat(kubelet.allocate(List.of(List.of("ttyUSB0")))).startsWith("OK");
        }
        assertThat(scene.kubelet().openStreams(SERIAL)).isEqualTo(1);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 2)).containers();
    }

    /** Rules 72a and 73: what the options do not announce is not called. */
    @Test
    void aPluginWithoutOptionsIsNotAskedForThem() {
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 1);
        scene.kubelet().admit(pod).containers();
        assertThat(scene.kubelet().startContainer(pod, "main")).isInstanceOf(StartResult.Started.class);
        assertThat(scene.kubelet().calls().count(Rpc.GET_PREFERRED_ALLOCATION, SERIAL))
                .isZero();
        assertThat(scene.kubelet().calls().count(Rpc.PRE_START_CONTAINER, SERIAL))
                .isZero();
    }

    /** Rules 74 and 76: before every start, also for a device that is gone or was never there. */
    @Test
    void aContainerMayBeStartedAnyNumberOfTimes() throws IOException {
        scene.unplug("ttyUSB1");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Unhealthy"));
        try (RawKubelet kubelet = raw()) {
            for (String id : List.of("ttyUSB0", "ttyUSB0", "ttyUSB1", "ttyUSB9")) {
                assertThat(kubelet.preStart(List.of(id))).as(id).isEqualTo("OK");
            }
        }
    }

    private RawKubelet raw() {
        return new RawKubelet(scene.pluginSocket(SERIAL));
    }
}
