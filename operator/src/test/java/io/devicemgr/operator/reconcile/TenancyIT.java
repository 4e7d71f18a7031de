package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.NAMESPACE;
import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may offer a resource waits for the agents that still do. */
class TenancyIT {
    private final World world = new World().started();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void theOlderDeploymentWaitsForTheAgentsOfTheYoungerAndKeepsItsOwnMeanwhile() {
        world.node("w-1", 0);
        world.deploy("older", "example.com/camera", "");
        eventually().until(() -> world.daemonSet("older") != null);
        runAgents("older");
        world.deploy("younger", SERIAL, "");
        eventually().until(() -> world.daemonSet("younger") != null);
        runAgents("younger");
        world.server.objects().update("pods", NAMESPACE, World.podName("younger", "w-1"), pod -> {
            pod.withArray("/metadata/finalizers").add("test.example.com/held");
            return pod;
        });
        String revision = revision("older");

        world.deploy("older", SERIAL, "");
        eventually().until(() -> world.message("older", "SpecValid").contains(SERIAL + " on w-1 (deployment younger)"));
        eventually().until(() -> world.daemonSet("younger") == null);
        assertThat(revision("older")).isEqualTo(revision);

        world.server.objects().update("pods", NAMESPACE, World.podName("younger", "w-1"), pod -> {
            pod.withArray("/metadata/finalizers").removeAll();
            return pod;
        });
        eventually().until(() -> world.condition("older", "SpecValid").equals("True Valid"));
        eventually().until(() -> !revision("older").equals(revision));
    }

    @Test
    void aDeploymentThatMovesAwayIsWaitedFor() {
        world.node("w-1", 0);
        world.deploy("older", SERIAL, "");
        eventually().until(() -> world.daemonSet("older") != null);
        runAgents("older");
        world.deploy("younger", SERIAL, "");
        eventually().until(() -> world.condition("younger", "SpecValid").equals("False ResourceConflict"));

        world.deploy("older", SERIAL, ", placement: {nodeSelector: {side: left}}");
        eventually().until(() -> world.message("younger", "SpecValid").contains(SERIAL + " on w-1 (deployment older)"));
        assertThat(world.daemonSet("younger")).isNull();

        world.server.objects().delete("pods", NAMESPACE, World.podName("older", "w-1"));
        eventually().until(() -> world.daemonSet("younger") != null);
    }

    /** Applied together, as GitOps does: each would wait for the other's agents for ever. */
    @Test
    void twoDeploymentsThatExchangeTheirResourcesDoNotWaitForEachOther() {
        world.node("w-1", 0);
        world.deploy("older", "example.com/camera", "");
        eventually().until(() -> world.daemonSet("older") != null);
        runAgents("older");
        world.deploy("younger", SERIAL, "");
        eventually().until(() -> world.daemonSet("younger") != null);
        runAgents("younger");
        String revision = revision("older");
        world.stopOperator();
        world.deploy("older", SERIAL, "");
        world.deploy("younger", "example.com/camera", "");
        world.started();

        eventually()
                .until(() -> world.daemonSet("younger") == null
                        && world.pods("younger").isEmpty());
        eventually().until(() -> !revision("older").equals(revision));
        world.observeTemplate("older");
        eventually().until(() -> world.pods("older").isEmpty());
        eventually().until(() -> world.daemonSet("younger") != null);
        eventually().until(() -> world.condition("younger", "SpecValid").equals("True Valid"));
        assertThat(world.condition("older", "SpecValid")).isEqualTo("True Valid");
    }

    /** An operator that has not seen an agent yet cannot wait for it. */
    private void runAgents(String deployment) {
        world.runAgents(deployment);
        eventually()
                .until(() -> world.deployment(deployment).getStatus().nodes().ready() == 1);
    }

    private String revision(String deployment) {
        return world.daemonSet(deployment).getMetadata().getLabels().get("devicemgr.io/revision");
    }
}
