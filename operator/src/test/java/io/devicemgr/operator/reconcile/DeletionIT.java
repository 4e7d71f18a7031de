package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.NAMESPACE;
import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The end of a deployment, with agents that take their time: a finalizer of the test's keeps their pods. */
@Execution(ExecutionMode.CONCURRENT)
class DeletionIT {
    private static final String DEPLOYMENTS = "deviceplugindeployments.devicemgr.io";
    private static final String HELD = "test.example.com/held";

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aDeploymentOfAnEarlierReleaseGetsTheFinalizerToo() {
        world.deploy("lab", SERIAL, "");
        assertThat(world.deployment("lab").getFinalizers()).isEmpty();
        world.started();

        eventually().until(() -> world.deployment("lab").getFinalizers().contains("devicemgr.io/cleanup"));
    }

    @Test
    void itStaysUntilItsAgentsHaveEndedAndSaysForWhichItWaits() {
        world.started().withReadyFleet();
        holdAgents("w-1", "w-2");
        delete();

        eventually().until(() -> world.condition("lab", "Ready").equals("False Deleting"));
        eventually().until(() -> world.daemonSet("lab") == null);
        assertThat(world.message("lab", "Ready")).isEqualTo("waiting for the agents on w-1; w-2; 0/2 gone");
        assertThat(world.deployment("lab").getStatus().summary().nodes()).endsWith("/2");

        letGo("w-1");
        eventually().until(() -> world.message("lab", "Ready").equals("waiting for the agents on w-2; 1/2 gone"));
        letGo("w-2");
        eventually().until(() -> world.deployment("lab") == null);
        eventually().until(() -> world.settings("lab").isEmpty() && reports().isEmpty());
        assertThat(events()).extracting(Event::getReason).contains("Deleting", "Deleted");
    }

    @Test
    void theYoungerDeploymentStartsNoAgentBeforeTheLastOfTheOlderHasEnded() {
        world.started().withReadyFleet();
        world.deploy("second", SERIAL, "");
        eventually().until(() -> world.condition("second", "SpecValid").equals("False ResourceConflict"));
        holdAgents("w-1", "w-2");
        delete();

        eventually()
                .until(() -> world.message("second", "SpecValid").contains("deployment lab, which is being deleted"));
        letGo("w-1");
        eventually().until(() -> world.message("lab", "Ready").contains("1/2 gone"));
        assertThat(world.daemonSet("second")).isNull();
        letGo("w-2");
        eventually().until(() -> world.daemonSet("second") != null);
        assertThat(world.pods("lab")).isEmpty();
        eventually().until(() -> world.condition("second", "SpecValid").equals("True Valid"));
    }

    @Test
    void anAgentOnADeadNodeIsNotWaitedForForEver() {
        world.started().withReadyFleet();
        world.change("nodes", "", "w-2", node -> {
            node.withArray("/status/conditions")
                    .forEach(condition -> ((ObjectNode) condition).put("status", "Unknown"));
            return node;
        });
        holdAgents("w-2");
        delete();

        eventually()
                .until(() -> world.message("lab", "Ready")
                        .equals("waiting for the agents on w-2 (node not ready); 1/2 gone"));
        world.later(Duration.ofSeconds(60));
        eventually().until(() -> world.deployment("lab") == null);
        assertThat(events())
                .filteredOn(event -> event.getReason().equals("AgentsLeft"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("w-2 (node not ready)"));
    }

    @Test
    void goesOnWhereItWasWhenTheOperatorRestarts() {
        world.started().withReadyFleet();
        world.stopOperator();
        delete();
        assertThat(world.daemonSet("lab")).isNotNull();
        holdAgents("w-1");
        world.started();
        eventually().until(() -> world.message("lab", "Ready").contains("waiting for the agents on w-1"));
        world.stopOperator();
        letGo("w-1");
        world.started();

        eventually().until(() -> world.deployment("lab") == null);
    }

    @Test
    void goesOnWhenTheApiServerHasRefusedEverythingForAWhile() {
        world.started().withReadyFleet();
        world.server.failNext(5, request -> request.isWrite() && request.user() != null, 500, 0);
        delete();

        eventually().until(() -> world.deployment("lab") == null);
        eventually()
                .until(() -> world.daemonSet("lab") == null && world.pods("lab").isEmpty());
    }

    @Test
    void agentsGoOnWhenTheDeploymentIsDeletedAsAnOrphanAndANewOneTakesThemOver() {
        world.started().withReadyFleet();
        String revision = world.pod("lab", "w-1").getMetadata().getUid();
        world.client
                .resources(DevicePluginDeployment.class)
                .withName("lab")
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();

        eventually().until(() -> world.deployment("lab") == null);
        assertThat(world.daemonSet("lab").getMetadata().getOwnerReferences()).isEmpty();
        assertThat(world.pod("lab", "w-1").getMetadata().getUid()).isEqualTo(revision);

        world.deploy("lab", SERIAL, "");
        eventually()
                .until(() -> world.daemonSet("lab").getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getUid()
                                .equals(world.deployment("lab").getMetadata().getUid())));
    }

    @Test
    void whatNobodyOwnsSinceTheDeploymentWasDeletedAsAnOrphanGoesWithTheNextOne() {
        world.started().withReadyFleet();
        var report = world.client.resources(NodeDeviceReport.class).withName("lab.w-1");
        world.change("nodedevicereports.devicemgr.io", "", "lab.w-1", found -> {
            found.withObject("/metadata").remove("ownerReferences");
            ((ObjectNode) found.at("/status/devices/0")).put("health", "Unhealthy");
            return found;
        });
        // The operator has seen it.
        eventually().until(() -> world.condition("lab", "DevicesHealthy").startsWith("False"));
        delete();

        eventually().until(() -> world.deployment("lab") == null);
        eventually().until(() -> report.get() == null);
    }

    @Test
    void staleResourcesAreTakenOffTheNodesWhenTheKubeletsHaveLetGo() {
        world.started().withReadyFleet();
        advertise("w-1", 2, 2);
        advertise("w-2", 2, 2);
        delete();
        eventually().until(() -> world.deployment("lab") == null);
        assertThat(leftovers()).hasSize(1);

        // The grace of five minutes is over: the kubelet of w-1 has let go, on w-2 somebody else offers the resource.
        advertise("w-1", 0, 0);
        advertise("w-2", 0, 2);
        world.later(LeftoversReconciler.GRACE.plusSeconds(1));
        touch();

        eventually().until(() -> quantity("w-1") == null);
        assertThat(quantity("w-2")).isEqualTo(new Quantity("2"));
        assertThat(world.client.nodes().withName("w-1").get().getStatus().getCapacity())
                .doesNotContainKey(SERIAL)
                .containsKey("cpu");

        world.later(LeftoversReconciler.LIMIT);
        touch();
        eventually().until(() -> leftovers().isEmpty());
        assertThat(quantity("w-2")).isEqualTo(new Quantity("2"));
    }

    @Test
    void aResourceThatAnotherDeploymentOffersThereStays() {
        world.started().withReadyFleet();
        world.deploy("second", SERIAL, "");
        delete();
        eventually().until(() -> world.daemonSet("second") != null);
        advertise("w-1", 0, 0);
        advertise("w-2", 0, 0);
        world.later(LeftoversReconciler.GRACE.plusSeconds(1));
        touch();

        eventually().until(() -> leftovers().isEmpty());
        assertThat(quantity("w-1")).isEqualTo(new Quantity("0"));
    }

    /** A first look before the kubelet lets go would be undone by it: nothing is asked of the API server. */
    @Test
    void nothingIsTakenOffWithinTheGraceOfTheKubelets() {
        world.started().withReadyFleet();
        advertise("w-1", 0, 0);
        delete();
        eventually().until(() -> !leftovers().isEmpty());
        touch();
        touch();

        eventually().until(() -> world.deployment("lab") == null);
        assertThat(world.server.requestCount(request -> request.isWrite()
                        && request.resource().equals("nodes")
                        && request.subresource().equals("status")))
                .isZero();
        assertThat(quantity("w-1")).isEqualTo(new Quantity("0"));
    }

    /** Its agents end now, whenever it was deleted: the kubelets' grace and the patience count from here. */
    @Test
    void staleResourcesGoAlsoWhenNoOperatorRanForAnHourAfterTheDeletion() {
        world.started().withReadyFleet();
        advertise("w-1", 2, 2);
        world.stopOperator();
        delete();
        world.later(Duration.ofHours(1));
        world.started();
        eventually().until(() -> world.deployment("lab") == null);
        touch();

        advertise("w-1", 0, 0);
        world.later(LeftoversReconciler.GRACE.plusSeconds(1));
        touch();
        eventually().until(() -> quantity("w-1") == null);
    }

    @Test
    void aNodeThatRefusesKeepsNoOtherFromLosingItsStaleResources() {
        world.started().withReadyFleet();
        delete();
        eventually().until(() -> world.deployment("lab") == null);
        advertise("w-1", 0, 0);
        advertise("w-2", 0, 0);
        world.server.failNext(
                10_000,
                request -> request.isWrite()
                        && request.user() != null
                        && request.resource().equals("nodes")
                        && request.name().equals("w-1"),
                403,
                0);
        world.later(LeftoversReconciler.GRACE.plusSeconds(1));
        touch();

        eventually().until(() -> quantity("w-2") == null);
        assertThat(quantity("w-1")).isEqualTo(new Quantity("0"));
        world.later(LeftoversReconciler.LIMIT);
        touch();
        eventually().until(() -> leftovers().isEmpty());
    }

    @Test
    void whatCannotBeWrittenDownKeepsNoDeploymentFromEnding() {
        world.started().withReadyFleet();
        world.server.failNext(
                10_000,
                request -> request.isWrite()
                        && request.user() != null
                        && request.resource().equals("configmaps"),
                403,
                0);
        delete();

        eventually().until(() -> world.deployment("lab") == null);
    }

    /** As with --cascade=foreground, where the garbage collector keeps the DaemonSet until its last pod has gone. */
    @Test
    void aDaemonSetThatCannotGoForAnAgentOnADeadNodeIsNotWaitedForForEver() {
        world.started().withReadyFleet();
        holdAgents("w-2");
        world.server.objects().update("daemonsets.apps", NAMESPACE, "devicemgr-lab", hold());
        delete();
        eventually().until(() -> world.message("lab", "Ready").contains("1/2 gone"));

        world.later(Duration.ofSeconds(60));
        eventually().until(() -> world.deployment("lab") == null);
    }

    @Test
    void aDeploymentThatSomebodyElseKeepsStandsInNobodysWayOnceItsAgentsHaveEnded() {
        world.started().withReadyFleet();
        world.deploy("second", SERIAL, "");
        eventually().until(() -> world.condition("second", "SpecValid").equals("False ResourceConflict"));
        world.server.objects().update(DEPLOYMENTS, "", "lab", hold());
        delete();

        eventually().until(() -> world.daemonSet("second") != null);
        assertThat(world.deployment("lab").getFinalizers()).containsExactly(HELD);
        eventually().until(() -> world.condition("second", "SpecValid").equals("True Valid"));
    }

    private static UnaryOperator<ObjectNode> hold() {
        return object -> {
            object.withArray("/metadata/finalizers").add(HELD);
            return object;
        };
    }

    private void delete() {
        world.server.objects().delete(DEPLOYMENTS, "", "lab");
    }

    private void holdAgents(String... nodes) {
        for (String node : nodes) {
            world.server.objects().update("pods", NAMESPACE, World.podName("lab", node), hold());
        }
    }

    private void letGo(String node) {
        world.server.objects().update("pods", NAMESPACE, World.podName("lab", node), pod -> {
            pod.withArray("/metadata/finalizers").removeAll();
            return pod;
        });
    }

    private void advertise(String node, int capacity, int allocatable) {
        world.change("nodes", "", node, tree -> {
            tree.withObject("/status/capacity").put("cpu", "4").put(SERIAL, Integer.toString(capacity));
            tree.withObject("/status/allocatable").put("cpu", "4").put(SERIAL, Integer.toString(allocatable));
            return tree;
        });
    }

    private Quantity quantity(String node) {
        return world.client
                .nodes()
                .withName(node)
                .get()
                .getStatus()
                .getAllocatable()
                .get(SERIAL);
    }

    private List<ConfigMap> leftovers() {
        return world.client
                .configMaps()
                .inNamespace(NAMESPACE)
                .withLabel("devicemgr.io/leftovers")
                .list()
                .getItems();
    }

    /** Wakes the operator, which would look by itself when its own clock says so. */
    private void touch() {
        leftovers()
                .forEach(map -> world.server
                        .objects()
                        .update("configmaps", NAMESPACE, map.getMetadata().getName(), tree -> {
                            JsonNode labels = tree.withObject("/metadata/labels");
                            int round = labels.path("round").asInt(0) + 1;
                            tree.withObject("/metadata/labels").put("round", Integer.toString(round));
                            return tree;
                        }));
    }

    private List<NodeDeviceReport> reports() {
        return world.client.resources(NodeDeviceReport.class).list().getItems();
    }

    private List<Event> events() {
        return world.client.v1().events().inNamespace("default").list().getItems();
    }
}
