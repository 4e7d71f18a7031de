package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.NAMESPACE;
import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.apiserver.RequestInfo;
import io.fabric8.kubernetes.api.model.Event;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class OperatorIT {
    private final World world = new World().started();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aNewDeploymentGetsItsObjectsAndSaysWhatItWaitsFor() {
        world.node("w-1", 0);
        world.deploy("lab", SERIAL, "");

        eventually().until(() -> world.condition("lab", "Ready").equals("False AgentsUnavailable"));
        assertThat(world.deployment("lab").getStatus().conditions()).hasSize(7);
        assertThat(world.settings("lab")).hasSize(1);
        assertThat(world.client
                        .serviceAccounts()
                        .inNamespace(NAMESPACE)
                        .withName("devicemgr-lab")
                        .get())
                .isNotNull();
        assertThat(world.client
                        .rbac()
                        .clusterRoleBindings()
                        .withName("devicemgr-lab")
                        .get())
                .isNotNull();
        assertThat(world.message("lab", "Ready")).contains("w-1").contains("there is no agent pod yet");
    }

    @Test
    void isReadyOnceTheAgentsReportAndTheNodesAdvertise() {
        world.withReadyFleet();

        assertThat(world.deployment("lab").getStatus().summary().devices()).isEqualTo("4/4");
        assertThat(world.deployment("lab").getStatus().nodes().ready()).isEqualTo(2);
    }

    /** Every object is touched in a way that does not matter, so the loop runs; then one change that matters is one write. */
    @Test
    void anIdleFleetCausesNoWrites() {
        world.withReadyFleet();
        long before = writes();
        for (int i = 0; i < 5; i++) {
            String round = Integer.toString(i);
            world.change("pods", NAMESPACE, World.podName("lab", "w-1"), pod -> {
                pod.withObject("/status").put("podIP", "10.0.0." + round);
                return pod;
            });
            world.change("nodedevicereports.devicemgr.io", "", "lab.w-2", report -> {
                report.withObject("/status").put("agentVersion", round);
                return report;
            });
        }
        world.report("lab", "w-1", 3, false);

        eventually().until(() -> world.deployment("lab").getStatus().devices().healthy() == 5);
        assertThat(writes() - before).isEqualTo(1);
    }

    @Test
    void aLostDeviceIsToldInTheStatusAndInEventsAndComesBack() {
        world.withReadyFleet();
        for (int i = 0; i < 2; i++) {
            world.report("lab", "w-1", 1, true);
            eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("False SomeUnhealthy"));
            world.report("lab", "w-1", 2, false);
            eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("True AllHealthy"));
        }

        eventually()
                .untilAsserted(() -> assertThat(events("DeviceUnhealthy"))
                        .hasSize(2)
                        .allSatisfy(event -> {
                            assertThat(event.getCount()).isEqualTo(2);
                            assertThat(event.getType()).isEqualTo("Warning");
                            assertThat(event.getMessage()).contains("/dev/tty1");
                        })
                        .extracting(event -> event.getInvolvedObject().getKind())
                        .containsExactlyInAnyOrder("DevicePluginDeployment", "Node"));
    }

    @Test
    void aChangedSpecReplacesEveryAgentAndSweepsTheOldSettings() {
        world.withReadyFleet();
        String old = world.deployment("lab").getStatus().rollout().revision();
        world.deploy("lab", SERIAL, ", agent: {logLevel: debug}, rollout: {strategy: AllAtOnce}");

        eventually().until(() -> {
            world.observeTemplate("lab");
            return world.pod("lab", "w-1") == null && world.pod("lab", "w-2") == null;
        });
        eventually().until(() -> world.condition("lab", "RolloutComplete").startsWith("False"));
        world.runAgents("lab");
        world.report("lab", "w-1", 2, false);
        world.report("lab", "w-2", 2, false);

        eventually().until(() -> world.condition("lab", "Ready").equals("True AllDevicesReady"));
        eventually().until(() -> world.settings("lab").size() == 1);
        assertThat(world.deployment("lab").getStatus().rollout().revision()).isNotEqualTo(old);
    }

    @Test
    void onDeleteLeavesTheReplacingToOthers() {
        world.withReadyFleet();
        world.deploy("lab", SERIAL, ", agent: {logLevel: debug}, rollout: {strategy: OnDelete}");
        eventually().until(() -> world.settings("lab").size() == 2);
        world.runAgents("lab");

        eventually().until(() -> world.condition("lab", "RolloutComplete").equals("False WaitingForDeletion"));
        assertThat(world.pod("lab", "w-1")).isNotNull();
    }

    @Test
    void theYoungerDeploymentOfAResourceWaitsAndTakesOverWhenTheOlderGoes() {
        world.withReadyFleet();
        world.deploy("second", SERIAL, "");

        eventually().until(() -> world.condition("second", "Ready").equals("False ResourceConflict"));
        assertThat(world.message("second", "SpecValid"))
                .contains(SERIAL)
                .contains("deployment lab")
                .contains("nodes w-1, w-2");
        assertThat(world.daemonSet("second")).isNull();

        world.server.objects().delete("deviceplugindeployments.devicemgr.io", "", "lab");
        eventually().until(() -> world.daemonSet("second") != null);
        eventually().until(() -> world.condition("second", "SpecValid").equals("True Valid"));
    }

    @Test
    void somebodyElsesChangeOfTheDaemonSetIsUndone() {
        world.withReadyFleet();
        world.server.objects().update("daemonsets.apps", NAMESPACE, "devicemgr-lab", set -> {
            set.withObject("/spec/template/spec").put("priorityClassName", "low");
            return set;
        });

        eventually()
                .until(() -> world.daemonSet("lab")
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getPriorityClassName()
                        .equals("system-node-critical"));
    }

    @Test
    void aSpecWithAMistakeChangesNothingAndSaysWhatToChange() {
        world.withReadyFleet();
        String revision = world.deployment("lab").getStatus().rollout().revision();
        world.deploy("lab", SERIAL, ", agent: {extraVolumes: [{name: dev, emptyDir: {}}]}");

        eventually().until(() -> world.condition("lab", "Ready").equals("False Invalid"));
        assertThat(world.message("lab", "SpecValid")).contains("agent.extraVolumes: 'dev'");
        assertThat(world.condition("lab", "AgentsReady")).isEqualTo("True AllAgentsReady");
        assertThat(world.daemonSet("lab").getMetadata().getLabels()).containsEntry("devicemgr.io/revision", revision);
    }

    @Test
    void aDaemonSetThatTheApiServerRefusesIsAMistakeInTheSpec() {
        world.node("w-1", 0);
        world.server.failNext(1000, request -> isWriteOf(request, "daemonsets"), 422, 0);
        world.deploy("lab", SERIAL, "");

        eventually().until(() -> world.condition("lab", "SpecValid").equals("False Invalid"));
        assertThat(world.message("lab", "SpecValid")).contains("refuses the agents' DaemonSet");

        world.server.clearFaults();
        world.deploy("lab", SERIAL, ", agent: {logLevel: debug}");
        eventually().until(() -> world.condition("lab", "SpecValid").equals("True Valid"));
    }

    @Test
    void aWriteThatIsForbiddenIsToldAndTriedAgain() {
        world.node("w-1", 0);
        world.server.failNext(2, request -> isWriteOf(request, "clusterrolebindings"), 403, 0);
        world.deploy("lab", SERIAL, "");

        eventually().until(() -> world.condition("lab", "AgentsReady").startsWith("False"));
        eventually().until(() -> world.daemonSet("lab") != null);
    }

    @Test
    void whatChangedWhileTheApiServerWasAwayIsDoneWhenItIsBack() {
        world.withReadyFleet();
        world.server.outage(true);
        world.server.objects().update("deviceplugindeployments.devicemgr.io", "", "lab", deployment -> {
            deployment.withObject("/spec/agent").put("logLevel", "debug");
            return deployment;
        });
        world.server.outage(false);

        eventually().until(() -> world.settings("lab").size() == 2);
        eventually().until(() -> world.deployment("lab").getStatus().observedGeneration() == 2);
    }

    @Test
    void aRestartedOperatorFindsEverythingAsItLeftItAndWritesNothing() {
        world.withReadyFleet().stopOperator();
        long before = writes();
        world.started();
        world.report("lab", "w-1", 3, false);

        eventually().until(() -> world.deployment("lab").getStatus().devices().healthy() == 5);
        assertThat(writes() - before).isEqualTo(1);
    }

    @Test
    void agentsGoWhenAnOlderDeploymentComesToOfferAllThatTheyOffer() {
        world.node("w-1", 0);
        world.deploy("older", "example.com/camera", "");
        eventually().until(() -> world.daemonSet("older") != null);
        world.deploy("younger", SERIAL, "");
        eventually().until(() -> world.daemonSet("younger") != null);
        world.deploy("older", SERIAL, "");

        eventually().until(() -> world.condition("younger", "SpecValid").equals("False ResourceConflict"));
        eventually().until(() -> world.daemonSet("younger") == null);
        eventually().until(() -> world.condition("younger", "AgentsReady").equals("Unknown Pending"));
    }

    @Test
    void podsThatAdmissionRefusesAreToldUntilOneIsMade() {
        world.node("w-1", 0);
        world.deploy("lab", SERIAL, "");
        eventually().until(() -> world.daemonSet("lab") != null);
        world.refusePods("lab", "unable to validate against any security context constraint");
        eventually().until(() -> world.message("lab", "AgentsReady").contains("w-1 SCCForbidden (bind ClusterRole"));

        world.runAgents("lab");
        eventually().until(() -> world.condition("lab", "AgentsReady").equals("True AllAgentsReady"));
        world.node("w-2", 0);
        eventually().until(() -> world.message("lab", "AgentsReady").contains("w-2 AgentMissing"));
    }

    @Test
    void aVolumeThatTheKubeletCannotMountIsToldFromItsEvent() {
        world.withReadyFleet();
        world.unready("lab", "w-2");
        world.failMount(
                "lab",
                "w-2",
                "MountVolume.SetUp failed for volume \"device-plugins\" : hostPath type check failed:"
                        + " /var/lib/kubelet/device-plugins is not a directory");

        eventually()
                .until(() -> world.message("lab", "AgentsReady")
                        .startsWith(
                                "1/2 agents are not ready: w-2 FailedMount (volume \"device-plugins\": hostPath type check"
                                        + " failed"));
    }

    @Test
    void aDeploymentThatIsDeletedTakesItsObjectsWithIt() {
        world.withReadyFleet();
        world.server.objects().delete("deviceplugindeployments.devicemgr.io", "", "lab");

        eventually()
                .until(() ->
                        world.daemonSet("lab") == null && world.settings("lab").isEmpty());
    }

    @Test
    void healthEndpointsAnswer() {
        for (String path : List.of("/healthz", "/readyz")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + world.healthPort() + path))
                    .build();
            eventually()
                    .untilAsserted(() -> assertThat(HttpClient.newHttpClient()
                                    .send(request, BodyHandlers.ofString())
                                    .body())
                            .isEqualTo("ok\n"));
        }
    }

    private long writes() {
        return world.server.requestCount(RequestInfo::isWrite);
    }

    private List<Event> events(String reason) {
        return world.client.v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> reason.equals(event.getReason()))
                .toList();
    }

    private static boolean isWriteOf(RequestInfo request, String resource) {
        return request.isWrite() && resource.equals(request.resource());
    }
}
