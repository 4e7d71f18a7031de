package io.devicemgr.testkit.kubelet;

import static io.devicemgr.testkit.kubelet.ScriptedPlugin.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Dropping an id that is in use panics a v1.36.2 kubelet; here it is a violation that fails the test (fact 6). */
class PanicFactsTest extends KubeletScene {
    private final SimulatedKubelet kubelet = kubelet();
    private final ScriptedPlugin plugin = plugin(kubelet).offering("a");

    @Test
    void droppingAnAllocatedIdIsAPanic() {
        join(kubelet, plugin);
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();

        plugin.send(List.of());
        counts(kubelet, 0, 0);

        assertThat(kubelet.violations())
                .containsExactly(new Violation(
                        ViolationKind.KUBELET_PANIC, RESOURCE, "id \"a\" was dropped from the list while in use"));
        assertThatThrownBy(kubelet::assertNoViolations)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("KUBELET_PANIC");
        // Fact 6: a vanished allocated device is reported healthy.
        assertThat(kubelet.deviceHealth(pod, "main", RESOURCE)).isEqualTo(Map.of("a", "Healthy"));
    }

    @Test
    void droppingAnIdWhoseAllocateIsInFlightIsAPanic() {
        join(kubelet, plugin);
        plugin.onAllocate = request -> {
            plugin.send("other");
            counts(kubelet, 1, 1);
            return ScriptedPlugin.plainAnswer(request);
        };

        kubelet.admit(PodSpecification.of("p", RESOURCE, 1));

        assertViolation(kubelet, ViolationKind.KUBELET_PANIC);
    }

    // Rule 48.
    @Test
    void keepingTheIdAsUnhealthyIsFine() {
        join(kubelet, plugin);
        kubelet.admit(PodSpecification.of("p", RESOURCE, 1)).containers();

        plugin.send(List.of(device("a", "Unhealthy"), device("b", "Healthy")));

        counts(kubelet, 2, 1);
        kubelet.assertNoViolations();
    }

    // Rule 48: keep it until no pod holds it.
    @Test
    void idMayGoWhenItsPodIsGone() {
        join(kubelet, plugin);
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);
        kubelet.admit(pod).containers();
        kubelet.removePod(pod);

        plugin.send(List.of());

        counts(kubelet, 0, 0);
        kubelet.assertNoViolations();
    }
}
