package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import java.util.List;
import java.util.stream.IntStream;

/** The deployments of a hollow cluster: each offers one resource of its own on every node. */
final class Deployments {
    private static final String PREFIX = "bench-";
    private static final String PLURAL = "deviceplugindeployments.devicemgr.io";

    private Deployments() {}

    static List<String> names(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> PREFIX + n).toList();
    }

    static String resource(String deployment) {
        return "example.com/" + deployment;
    }

    static void apply(SimulatedApiServer server, List<String> names) {
        names.forEach(name -> server.applyYaml("""
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: %s}
                spec: {resources: [{name: %s, discover: [{path: {glob: "/dev/%s-*"}}]}]}
                """.formatted(name, resource(name), name)));
    }

    /** As if no operator had ever spoken. */
    static void forgetStatus(SimulatedApiServer server, List<String> names) {
        names.forEach(name -> server.objects().updateStatus(PLURAL, "", name, tree -> {
            tree.remove("status");
            return tree;
        }));
    }
}
