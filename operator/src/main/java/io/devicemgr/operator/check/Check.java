package io.devicemgr.operator.check;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Looks at definitions, rights, leader and deployments, and says what it has found. */
public final class Check {
    private final OperatorConfig config;
    private final KubernetesClient client;
    private final LeaderWatch leader;
    private final Duration patience;

    /**
     * A check of the installation in the operator's namespace.
     *
     * @param lease name of the lease of the operator that acts
     * @param patience how long an operator may take to renew it, or to start and take it
     */
    public Check(OperatorConfig config, KubernetesClient client, String lease, Duration patience) {
        this.config = config;
        this.client = client;
        this.leader = new LeaderWatch(client, config.namespace(), lease);
        this.patience = patience;
    }

    /** Gives a line for each finding to the consumer; true when nothing is wrong. */
    public boolean run(Consumer<String> line) {
        List<Finding> all = new ArrayList<>();
        all.addAll(looked("definitions", () -> ServedDefinitions.look(client)));
        all.addAll(looked("rights", () -> NeededRights.look(client, config.namespace())));
        all.addAll(looked("leader", () -> List.of(leader.look(patience))));
        all.add(Finding.note(
                "image of agents whose deployment names none: " + config.agent().image()));
        all.addAll(looked("deployments", () -> List.of(deployments())));
        all.stream().map(Finding::line).forEach(line);
        return all.stream().noneMatch(Finding::bad);
    }

    /** One that is not Ready is no fault of the installation, and its own status says more. */
    private Finding deployments() {
        List<DevicePluginDeployment> all =
                client.resources(DevicePluginDeployment.class).list().getItems();
        long ready = all.stream().filter(Check::ready).count();
        return Finding.note("deployments: " + all.size() + ", of which " + ready + " Ready");
    }

    private static boolean ready(DevicePluginDeployment deployment) {
        return deployment.getStatus() != null
                && deployment.getStatus().conditions().stream()
                        .anyMatch(condition -> condition.getType().equals(ConditionType.Ready.name())
                                && condition.getStatus().equals("True"));
    }

    private static List<Finding> looked(String what, Callable<List<Finding>> look) {
        try {
            return look.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Finding.fail(what + ": interrupted"));
        } catch (KubernetesClientException e) {
            String said = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
            return List.of(Finding.fail(what + ": the API server said: " + said));
        } catch (Exception e) {
            return List.of(Finding.fail(what + ": " + e));
        }
    }
}
