package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the chart has for Prometheus and Grafana. */
class MonitoringChartTest {
    private static final String ALL = """
            monitoring:
              force: true
              serviceMonitor: {enabled: true, interval: 15s, labels: {release: prometheus}}
              podMonitor: {enabled: true}
              rules: {enabled: true}
              dashboard: {enabled: true}
            """;
    private static final Pattern THRESHOLD = Pattern.compile("(\\d+) # (\\w+)");

    private static List<HasMetadata> all;

    @BeforeAll
    static void render() throws IOException {
        all = Watching.chart(ALL);
    }

    private static List<AlertRule> rules(String values) throws IOException {
        return rules(Watching.chart(values));
    }

    private static List<AlertRule> rules(List<HasMetadata> objects) {
        return Watching.rules(
                Watching.maps(Watching.only(objects, "PrometheusRule").get("spec", "groups")));
    }

    private static AlertRule rule(List<AlertRule> rules, String alert) {
        return rules.stream()
                .filter(rule -> rule.alert().equals(alert))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingOfThisIsThereUnlessItIsAskedFor() throws IOException {
        assertThat(Watching.chart("{}"))
                .extracting(HasMetadata::getKind)
                .doesNotContain("Service", "ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap");
    }

    @Test
    void whereTheApiIsNotServedOnlyTheDashboardIs() throws IOException {
        assertThat(Watching.chart(ALL.replace("force: true", "force: false")))
                .extracting(HasMetadata::getKind)
                .contains("ConfigMap")
                .doesNotContain("Service", "ServiceMonitor", "PodMonitor", "PrometheusRule");
    }

    @Test
    void theRulesAreThoseOfTheFiles() {
        assertThat(rules(all)).isEqualTo(Watching.rules());
    }

    @Test
    void alertsOfAgentsThatAreNotScrapedAreLeftOut() throws IOException {
        Set<String> ofAgents = Watching.rules(
                        Watching.groups().stream().filter(group -> "devicemgr-agents".equals(group.get("name"))))
                .stream()
                .map(AlertRule::alert)
                .collect(Collectors.toSet());
        assertThat(ofAgents).isNotEmpty();
        assertThat(rules("monitoring: {force: true, rules: {enabled: true}}"))
                .extracting(AlertRule::alert)
                .isNotEmpty()
                .doesNotContainAnyElementsOf(ofAgents);
    }

    @Test
    void thresholdsTimesSeveritiesAndRunbooksAreValues() throws IOException {
        List<AlertRule> rules = rules("""
                monitoring:
                  force: true
                  podMonitor: {enabled: true}
                  rules:
                    enabled: true
                    runbooks: https://wiki.example.com/
                    thresholds: {unhealthyDevices: 12, failedAllocations: 20}
                    alerts:
                      DevicePluginRolloutPaused: {for: 72h, severity: warning}
                      DevicePluginAgentPolling: {enabled: false}
                """);
        assertThat(rule(rules, "DevicePluginDeviceUnhealthy").expr()).endsWith("> 12 # unhealthyDevices");
        assertThat(rule(rules, "DevicePluginAllocationFailing").expr())
                .containsOnlyOnce("\nor\n")
                .doesNotContain("> 2 #")
                .contains("> 20 # failedAllocations");
        assertThat(rule(rules, "DevicePluginDeviceFlapping").expr())
                .as("not named, not changed")
                .contains("> 5 # lossesOfOneDevice");
        AlertRule paused = rule(rules, "DevicePluginRolloutPaused");
        assertThat(paused.pause()).isEqualTo("72h");
        assertThat(paused.labels()).isEqualTo(Map.of("severity", "warning"));
        assertThat(paused.annotations().get("runbook_url"))
                .isEqualTo("https://wiki.example.com/docs/alerts.md#devicepluginrolloutpaused");
        assertThat(rules).extracting(AlertRule::alert).doesNotContain("DevicePluginAgentPolling");
    }

    @Test
    void aNameThatNoAlertHasIsAMistake() {
        assertThatThrownBy(
                        () -> rules(
                                "monitoring: {force: true, rules: {enabled: true, alerts: {DevicePluginOops: {enabled: false}}}}"))
                .hasMessageContaining("no alert is called DevicePluginOops");
    }

    @Test
    void everyThresholdOfTheRulesIsAValueWithTheSameDefault() {
        Map<String, Integer> inRules = new HashMap<>();
        Watching.rules().stream()
                .flatMap(rule -> THRESHOLD.matcher(rule.expr()).results())
                .forEach(found -> inRules.put(found.group(2), Integer.valueOf(found.group(1))));
        Map<String, Object> values = Watching.map(Watching.yaml(Chart.DIRECTORY.resolve("values.yaml")));
        Map<String, Object> rules =
                Watching.map(Watching.map(values.get("monitoring")).get("rules"));
        assertThat(rules.get("thresholds")).isEqualTo(inRules);
    }

    @Test
    void operatorsAreScrapedThroughTheirServiceAlsoWhenTheyAreNotReady() {
        Service service = Chart.only(all, Service.class, "device-plugin-operator-metrics");
        assertThat(service.getSpec().getPublishNotReadyAddresses()).isTrue();
        Map<String, String> pods = Chart.only(all, Deployment.class, "device-plugin-operator")
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels();
        assertThat(pods).containsAllEntriesOf(service.getSpec().getSelector());

        GenericKubernetesResource monitor = Watching.only(all, "ServiceMonitor");
        assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.<Map<String, String>>get("spec", "selector", "matchLabels"));
        Map<String, Object> endpoint =
                Watching.maps(monitor.get("spec", "endpoints")).findFirst().orElseThrow();
        assertThat(endpoint)
                .containsEntry("port", service.getSpec().getPorts().get(0).getName())
                .containsEntry("interval", "15s");
    }

    @Test
    void grafanaGetsTheDashboardAsItIs() throws IOException {
        ConfigMap dashboard = Chart.only(all, ConfigMap.class, "device-plugin-operator-dashboard");
        assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        assertThat(dashboard.getData()).containsEntry("device-plugins.json", Files.readString(Watching.DASHBOARD));
    }
}
