package io.devicemgr.operator.uninstall;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.UninstallSettings;
import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes all deployments and waits until nothing of them is left; then ends the operator. Everything can be done twice. */
public final class Uninstall {
    private static final Logger LOG = LoggerFactory.getLogger(Uninstall.class);

    private static final long PAUSE_MILLIS = 500;
    /** What the operator needs to take resources off nodes: five minutes and a quarter, and another look. */
    private static final Duration FORGETTING = Duration.ofSeconds(400);
    /** How long a pod of the operator may take; one on a dead node does not go. */
    private static final Duration OPERATOR = Duration.ofSeconds(20);

    private final UninstallSettings settings;
    private final Clock clock;
    private final DeploymentsEnd deployments;
    private final Remains remains;
    private final NodeTraces traces;
    private final OperatorEnd operator;
    private List<String> said = List.of();

    public Uninstall(KubernetesClient client, UninstallSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.deployments = new DeploymentsEnd(client, settings.namespace(), clock);
        this.remains = new Remains(client, settings.namespace(), clock);
        this.traces = new NodeTraces(client, settings.namespace());
        this.operator = new OperatorEnd(client, settings.namespace());
    }

    /**
     * Runs to the end, or gives up when the time is over.
     *
     * @return whether nothing is left
     * @throws InterruptedException when it is told to end
     */
    public boolean run() throws InterruptedException {
        Instant deadline = clock.instant().plus(settings.timeout());
        announce(deployments.all());
        // A KubeletConfig that goes makes machines reboot: by then no agent runs that would be in the way, or be
        // missed.
        boolean gone = await(deadline, () -> deployments.step(each -> !configuresKubelets(each)))
                && await(deadline, () -> deployments.step(each -> true))
                && await(deadline, remains::step);
        if (!gone) {
            giveUp();
            return false;
        }
        List<String> lost = remains.lost();
        if (!lost.isEmpty()) {
            LOG.warn(
                    "Agents on {} do not end; they do when the kubelet there is back, or with their node", names(lost));
        }
        forgetResources();
        if (!await(clock.instant().plus(OPERATOR), operator::step)) {
            LOG.warn("Not waited for any longer: pods {} of the operator", names(said));
        }
        operator.forgetLease();
        LOG.info("Nothing is left but the release itself");
        return true;
    }

    private static void announce(List<DevicePluginDeployment> all) {
        List<String> reboots = all.stream()
                .filter(Uninstall::configuresKubelets)
                .map(each -> each.getMetadata().getName())
                .toList();
        LOG.info(
                "{} deployments are deleted{}; pods keep the devices that they have",
                all.size(),
                all.isEmpty()
                        ? ""
                        : ": "
                                + names(all.stream()
                                        .map(each -> each.getMetadata().getName())
                                        .toList()));
        if (!reboots.isEmpty()) {
            LOG.warn(
                    "The KubeletConfig of {} goes last: the machines of its pool reboot, one after the other",
                    names(reboots));
        }
    }

    private static boolean configuresKubelets(DevicePluginDeployment deployment) {
        return deployment.getSpec() != null && deployment.getSpec().kubeletConfig() != null;
    }

    /** Whether a step found nothing more in time. What it finds is said when it changes. */
    private boolean await(Instant deadline, Supplier<List<String>> step) throws InterruptedException {
        while (true) {
            List<String> there = look(step);
            if (there.isEmpty()) {
                return true;
            }
            if (!there.equals(said)) {
                said = there;
                LOG.info("{}", Wording.firstOf(there));
            }
            if (clock.instant().isAfter(deadline)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private static List<String> look(Supplier<List<String>> step) {
        try {
            return step.get();
        } catch (KubernetesClientException e) {
            return List.of("the API server: " + e.getMessage());
        }
    }

    private void forgetResources() throws InterruptedException {
        List<String> resources = traces.resources();
        if (!resources.isEmpty() && settings.forgetResources()) {
            LOG.info("Waiting until kubelets have let go of {}, which takes five minutes", names(resources));
            await(
                    clock.instant().plus(FORGETTING),
                    () -> traces.resources().isEmpty()
                            ? List.of()
                            : List.of("nodes still show " + names(traces.resources())));
            resources = traces.resources();
        }
        if (!resources.isEmpty()) {
            LOG.warn(
                    "{} stays in the status of nodes with the value 0, because kubelets keep it for five minutes; docs/deletion.md"
                            + " has the command that takes it off",
                    names(resources));
            traces.forget();
        }
    }

    private void giveUp() {
        LOG.error(
                "Given up after {} s. Still there: {}. Uninstall once more, which goes on where this has ended, or see"
                        + " docs/deletion.md for the way by hand",
                settings.timeout().toSeconds(),
                Wording.firstOf(said));
    }

    private static String names(List<String> all) {
        return Wording.names(all);
    }
}
