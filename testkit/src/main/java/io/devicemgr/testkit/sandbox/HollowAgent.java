package io.devicemgr.testkit.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What the agent of one deployment on one node writes: its report. Its devices are all there until one is taken away. */
final class HollowAgent {
    private static final KubernetesSerialization JSON = new KubernetesSerialization();
    private static final String REPORTS = "nodedevicereports.devicemgr.io";

    private final SimulatedApiServer server;
    private final String deployment;
    private final String resource;
    private final String node;
    private final boolean[] lost;
    private final String[] since;
    private final String registered = now();
    private String revision;

    HollowAgent(SimulatedApiServer server, String deployment, String resource, String node, int devices) {
        this.server = server;
        this.deployment = deployment;
        this.resource = resource;
        this.node = node;
        this.lost = new boolean[devices];
        this.since = Collections.nCopies(devices, registered).toArray(String[]::new);
    }

    String resource() {
        return resource;
    }

    int devices() {
        return lost.length;
    }

    synchronized int healthy() {
        return (int) IntStream.range(0, lost.length).filter(i -> !lost[i]).count();
    }

    /** Starts with the settings of that revision: the report is made, or written anew. */
    synchronized void start(String newRevision, String deploymentUid) {
        revision = newRevision;
        String name = NodeDeviceReport.nameOf(deployment, node);
        if (server.objects().get(REPORTS, "", name).isEmpty()) {
            NodeDeviceReport report = new NodeDeviceReport();
            report.getMetadata().setName(name);
            report.setSpec(new NodeDeviceReportSpec(deployment, node));
            ObjectNode tree = tree(report);
            ObjectNode metadata = (ObjectNode) tree.get("metadata");
            metadata.putObject("labels").put("devicemgr.io/deployment", deployment);
            metadata.putArray("ownerReferences")
                    .addObject()
                    .put("apiVersion", "devicemgr.io/v1alpha1")
                    .put("kind", "DevicePluginDeployment")
                    .put("name", deployment)
                    .put("uid", deploymentUid);
            server.objects().create(REPORTS, tree);
        }
        write();
    }

    /** Takes a device away or gives it back, and reports that. */
    synchronized void change(int device, boolean gone) {
        lost[device] = gone;
        since[device] = now();
        write();
    }

    private void write() {
        ObjectNode status = tree(status());
        server.objects().updateStatus(REPORTS, "", NodeDeviceReport.nameOf(deployment, node), tree -> {
            tree.set("status", status);
            return tree;
        });
    }

    private NodeDeviceReportStatus status() {
        int healthy = healthy();
        return new NodeDeviceReportStatus(
                "0.1.0",
                revision,
                NodeDeviceReportStatus.KubeletSocket.Present,
                NodeDeviceReportStatus.WatchMode.Inotify,
                new NodeDeviceReportStatus.Summary(healthy + "/" + lost.length, "1/1"),
                List.of(new NodeDeviceReportStatus.Resource(
                        resource, true, true, registered, null, lost.length, healthy, 0, healthy)),
                IntStream.range(0, lost.length).mapToObj(this::device).toList(),
                null,
                null,
                null);
    }

    private NodeDeviceReportStatus.Device device(int number) {
        String path = "/dev/" + deployment + "-" + number;
        return new NodeDeviceReportStatus.Device(
                resource,
                path.substring(1).replace('/', '-'),
                List.of(path),
                "/sys/devices/pci0000:00/0000:00:14.0/usb1/" + deployment + "-" + number,
                lost[number] ? DeviceHealth.Unhealthy : DeviceHealth.Healthy,
                lost[number] ? DeviceReason.Missing : DeviceReason.Present,
                lost[number] ? path + " is gone" : null,
                since[number],
                0,
                List.of());
    }

    private static ObjectNode tree(Object object) {
        return JSON.convertValue(object, ObjectNode.class);
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    @Override
    public synchronized String toString() {
        return deployment + " on " + node + " " + Arrays.toString(lost);
    }
}
