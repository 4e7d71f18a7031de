package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** The good day: a plugin registers, a pod gets a device, the counts and PodResources agree, all survives a restart. */
class FirstContactTest extends KubeletScene {
    @Test
    void podGetsADeviceOfARegisteredPlugin() {
        SimulatedKubelet kubelet = kubelet();
        join(kubelet, plugin(kubelet).offering("a", "b"));
        counts(kubelet, 2, 2);
        PodSpecification pod = PodSpecification.of("reader", RESOURCE, 1);

        ContainerDevices devices = kubelet.admit(pod).containers().get("main");

        assertThat(devices.ids(RESOURCE)).hasSize(1).isSubsetOf("a", "b");
        assertThat(devices.devices()).hasSize(1);
        assertThat(kubelet.startContainer(pod, "main")).isEqualTo(new StartResult.Started(devices));
        kubelet.assertNoViolations();
    }

    // Rule 89.
    @Test
    void devicesStayWithThePodOverAKubeletRestartAndAllocateIsNotRepeated() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a", "b");
        join(kubelet, plugin);
        PodSpecification pod = PodSpecification.of("reader", RESOURCE, 1);
        Set<String> ids = kubelet.admit(pod).containers().get("main").ids(RESOURCE);

        kubelet.restart();
        counts(kubelet, 0, 0);
        plugin.stopServing();
        join(kubelet, plugin);
        AdmissionResult again = kubelet.readmitPods().get(pod.uid());

        assertThat(again.containers().get("main").ids(RESOURCE)).isEqualTo(ids);
        assertThat(kubelet.calls().count(Rpc.ALLOCATE, RESOURCE)).isEqualTo(1);
        counts(kubelet, 2, 2);
        kubelet.assertNoViolations();
    }
}
