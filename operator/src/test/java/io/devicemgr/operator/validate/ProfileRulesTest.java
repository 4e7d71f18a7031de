package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.AgentSpec.SecurityProfile;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.Allocation.Cdi;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HealthChecks;
import io.devicemgr.api.v1alpha1.HealthProbe;
import io.devicemgr.api.v1alpha1.HealthProbe.Open;
import io.devicemgr.api.v1alpha1.HealthProbe.SysfsAttribute;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.api.v1alpha1.UsbSelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileRulesTest {
    static Stream<Arguments> tooMuch() {
        return Stream.of(
                Arguments.of(
                        resource(probes(new HealthProbe(new Open(null), null, null)), null, null),
                        null,
                        "resources[example.com/a].health.probes: open needs access to device nodes, and a Restricted agent"
                                + " has none; leave it out or write agent.securityProfile: Privileged"),
                Arguments.of(
                        resource(null, new Allocation(null, null, null, null, null, new Cdi(true), null), null),
                        null,
                        "resources[example.com/a].allocate.cdi.enabled: "),
                Arguments.of(
                        resource(null, null, new Preparation(Reset.USBReset, null)),
                        null,
                        "resources[example.com/a].prepare.reset: USBReset writes to sysfs"),
                Arguments.of(
                        resource(null, null, null),
                        new SecurityContextBuilder().withPrivileged(true).build(),
                        "agent.initContainers[setup].securityContext.privileged: "),
                Arguments.of(
                        resource(null, null, null),
                        new SecurityContextBuilder()
                                .withAllowPrivilegeEscalation(true)
                                .build(),
                        "agent.initContainers[setup].securityContext.allowPrivilegeEscalation: "),
                Arguments.of(
                        resource(null, null, null),
                        new SecurityContextBuilder()
                                .withNewCapabilities()
                                .withAdd("SYS_ADMIN")
                                .endCapabilities()
                                .build(),
                        "agent.initContainers[setup].securityContext.capabilities.add: "),
                Arguments.of(
                        resource(null, null, null),
                        new SecurityContextBuilder()
                                .withNewSeLinuxOptions()
                                .withType("spc_t")
                                .endSeLinuxOptions()
                                .build(),
                        "agent.initContainers[setup].securityContext: "));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void whatNeedsMoreIsRefusedWithTheRemedy(DeviceResource resource, SecurityContext context, String message) {
        assertThat(violations(SecurityProfile.Restricted, resource, context))
                .singleElement()
                .satisfies(violation -> assertThat(violation.message())
                        .startsWith(message)
                        .endsWith("leave it out or write agent.securityProfile: Privileged"));
        assertThat(violations(SecurityProfile.Privileged, resource, context)).isEmpty();
    }

    @Test
    void restIsAllowed() {
        HealthChecks checks = probes(
                new HealthProbe(new Open(Open.Mode.None), null, null),
                new HealthProbe(null, new SysfsAttribute("health", List.of("ok")), null));
        DeviceResource resource =
                resource(checks, new Allocation("rw", null, null, null, null, null, null), new Preparation(null, null));
        assertThat(violations(
                        SecurityProfile.Restricted,
                        resource,
                        new SecurityContextBuilder().withRunAsUser(7L).build()))
                .isEmpty();
    }

    private static List<Violation> violations(
            SecurityProfile profile, DeviceResource resource, SecurityContext context) {
        Container setup = new ContainerBuilder()
                .withName("setup")
                .withSecurityContext(context)
                .build();
        return Verdict.of(
                        SampleDeployment.named("lab")
                                .offering(resource)
                                .agent(new AgentSpec(
                                        null, null, null, null, List.of(setup), null, null, null, null, profile))
                                .build(),
                        List.of(),
                        List.of())
                .violations();
    }

    private static HealthChecks probes(HealthProbe... probes) {
        return new HealthChecks(null, null, null, List.of(probes));
    }

    private static DeviceResource resource(HealthChecks health, Allocation allocate, Preparation prepare) {
        DeviceSelector usb = new DeviceSelector(null, new UsbSelector("0403", null, null, null), null, null, null);
        return new DeviceResource("example.com/a", List.of(usb), null, health, allocate, prepare);
    }
}
