package io.devicemgr.e2e;

import java.util.List;
import java.util.stream.Stream;

/** Values that the chart is rendered with, each set as YAML. */
final class ChartValues {
    private static final List<String> SETS = List.of(
            "",
            "replicas: 0",
            "replicas: 3\nleaseSeconds: 137",
            "replicas: 2\npodDisruptionBudget: {enabled: false}",
            "global: {anything: 1}",
            "image: {repository: registry.example.com:5000/Team/operator, tag: v1, pullPolicy: Always}",
            "image: {digest: \"sha256:" + "0a".repeat(32) + "\"}\nagentImage: {digest: \"sha256:" + "0b".repeat(32)
                    + "\", pullPolicy: Never}",
            "imagePullSecrets: [{name: one}, {name: two}]",
            "resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1.5, memory: 1Gi}}",
            "resources: null",
            """
            priorityClassName: system-cluster-critical
            nodeSelector: {node-role.kubernetes.io/infra: ""}
            tolerations: [{key: node-role.kubernetes.io/infra, operator: Exists, effect: NoSchedule}, {operator: Exists}]
            affinity:
              podAntiAffinity:
                requiredDuringSchedulingIgnoredDuringExecution:
                - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: other}}}
            """,
            """
            topologySpreadConstraints:
            - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}
            - {maxSkew: 2, topologyKey: rack, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {a: b}}}
            """,
            """
            podAnnotations: {example.com/note: "yes", example.com/number: "1"}
            podLabels: {team: devices, app.kubernetes.io/part-of: platform}
            extraEnv:
            - {name: HTTPS_PROXY, value: "http://proxy.example.com:3128"}
            - {name: NODE_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
            """,
            "networkPolicy: {enabled: true}",
            """
            networkPolicy:
              enabled: true
              metricsFrom:
              - {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}, podSelector: {}}
              - {ipBlock: {cidr: 192.0.2.0/24}}
            """,
            "namespace: {create: true}",
            "namespace: {create: true, labels: {example.com/only: mine}}",
            "crds: {install: false}",
            "crds: {keep: false}");

    private ChartValues() {}

    static Stream<String> sets() {
        return SETS.stream();
    }
}
