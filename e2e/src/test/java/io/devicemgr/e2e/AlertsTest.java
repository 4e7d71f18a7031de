package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.AgentGauges;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.metrics.Family;
import io.devicemgr.metrics.MetricRegistry;
import io.devicemgr.operator.telemetry.OperatorMetrics;
import io.devicemgr.operator.telemetry.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts and dashboard ask for what is exported, and an alert tells whoever is woken what he needs. */
class AlertsTest {
    /** What a monitor of the Prometheus operator gives to every series. */
    private static final Set<String> OF_TARGETS =
            Set.of("namespace", "pod", "container", "endpoint", "service", "job", "instance");

    private static final Map<String, Set<String>> OF_PROMETHEUS =
            Map.of("ALERTS", Set.of("alertname", "alertstate", "severity"), "up", Set.of());
    private static final Pattern QUERY = Pattern.compile("printf \"([^\"]*)\"");

    /** Names and labels as the registries of both halves have them, with those of the monitors. */
    private static Map<String, Set<String>> exported;

    @BeforeAll
    static void look() throws IOException {
        exported = exported();
    }

    static List<AlertRule> rules() {
        return Watching.rules();
    }

    static List<String> expressions() {
        Stream<String> rules = Watching.rules().stream().map(AlertRule::expr);
        return Stream.of(rules, queriesOfDescriptions(), Watching.dashboardExpressions().stream(), variables())
                .flatMap(each -> each)
                .toList();
    }

    private static Stream<String> queriesOfDescriptions() {
        return Watching.rules().stream()
                .map(rule -> rule.annotations().get("description"))
                .flatMap(text -> QUERY.matcher(text).results())
                .map(query -> query.group(1))
                .filter(format -> format.contains("devicemgr_"));
    }

    /** label_values(metric, label) is a metric that is asked by a label. */
    private static Stream<String> variables() {
        return Watching.maps(
                        Watching.map(Watching.dashboard().get("templating")).get("list"))
                .map(variable -> (String) variable.get("definition"))
                .filter(definition -> definition != null)
                .map(definition -> definition.replaceFirst("label_values\\((.*), (\\w+)\\)", "sum by ($2) ($1)"));
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void nothingIsAskedThatNobodyExports(String expr) {
        Selectors asked = Selectors.of(expr);
        assertThat(asked.metrics()).as(expr).isNotEmpty();
        Set<String> there = new HashSet<>(OF_TARGETS);
        there.add("le");
        asked.metrics().forEach((name, labels) -> {
            assertThat(exported).as(expr).containsKey(name);
            assertThat(exported.get(name)).as(name + " in " + expr).containsAll(labels);
            there.addAll(exported.get(name));
        });
        assertThat(there).as(expr).containsAll(asked.grouping());
    }

    private static Map<String, Set<String>> exported() throws IOException {
        Map<String, Set<String>> all = new HashMap<>(OF_PROMETHEUS);
        Clock clock = Clock.systemUTC();
        MetricRegistry operator =
                new OperatorMetrics(clock, new Sight(clock), () -> true, () -> 0, Stream::of, Set::of).registry();
        operator.families().forEach(family -> add(all, family, OF_TARGETS));

        MetricRegistry agent = new Metrics().registry();
        AgentGauges.register(agent, Optional::empty, "", () -> true, () -> true);
        AgentGauges.registerLosses(agent, Optional::empty, Map::of);
        agent.process(Path.of("/proc"));
        Set<String> ofAgents = new HashSet<>(OF_TARGETS);
        ofAgents.addAll(relabelled());
        agent.families().forEach(family -> add(all, family, ofAgents));
        return all;
    }

    private static Set<String> relabelled() throws IOException {
        return Watching.maps(Watching.only(
                                Watching.chart("monitoring: {force: true, podMonitor: {enabled: true}}"), "PodMonitor")
                        .get("spec", "podMetricsEndpoints"))
                .flatMap(endpoint -> Watching.maps(endpoint.get("relabelings")))
                .map(relabeling -> (String) relabeling.get("targetLabel"))
                .collect(Collectors.toSet());
    }

    private static void add(Map<String, Set<String>> all, Family family, Set<String> ofTarget) {
        Set<String> labels = new HashSet<>(family.labels());
        labels.addAll(ofTarget);
        if (family.type().equals("histogram")) {
            all.put(family.name() + "_sum", labels);
            all.put(family.name() + "_count", labels);
            Set<String> buckets = new HashSet<>(labels);
            buckets.add("le");
            all.put(family.name() + "_bucket", buckets);
        } else {
            all.merge(family.name(), labels, AlertsTest::union);
        }
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whoeverIsWokenLearnsWhatItIsAndWhereToRead(AlertRule rule) {
        assertThat(rule.alert()).startsWith("DevicePlugin");
        assertThat(rule.pause()).matches("\\d+[mh]");
        assertThat(rule.labels().get("severity")).isIn("critical", "warning", "info");
        assertThat(rule.annotations()).containsOnlyKeys("summary", "description", "runbook_url");
        if (Selectors.of(rule.expr()).grouping().contains("deployment")) {
            assertThat(rule.annotations().get("summary") + rule.annotations().get("description"))
                    .contains("{{ $labels.deployment }}");
        }
        assertThat(rule.annotations().get("runbook_url"))
                .isEqualTo("docs/alerts.md#" + rule.alert().toLowerCase(Locale.ROOT));
    }

    @Test
    void everyAlertHasAChapterAndEveryChapterAnAlert() throws IOException {
        String page = Files.readString(Line.project().resolve("docs/alerts.md"));
        List<String> chapters = Pattern.compile(
                        "(?m)^### (DevicePlugin\\w+)\\n\\n\\*\\*Means\\*\\* (?s:.*?)\\*\\*Do\\*\\* ")
                .matcher(page)
                .results()
                .map(heading -> heading.group(1))
                .toList();
        assertThat(chapters)
                .containsExactlyInAnyOrderElementsOf(
                        rules().stream().map(AlertRule::alert).toList());
    }

    /** What the tests expect is promtool's to say: see AlertsIT. */
    @Test
    void everyAlertHasATestInWhichItFiresAndOneInWhichItDoesNot() {
        Map<Boolean, Set<String>> tested = Watching.read(Watching.ALERT_TESTS)
                .flatMap(file -> Watching.maps(file.get("tests")))
                .flatMap(test -> {
                    List<Map<String, Object>> cases =
                            Watching.maps(test.get("alert_rule_test")).toList();
                    boolean fires = cases.stream().anyMatch(each -> !((List<?>) each.get("exp_alerts")).isEmpty());
                    return cases.stream().map(each -> Map.entry(fires, (String) each.get("alertname")));
                })
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));
        Set<String> alerts = rules().stream().map(AlertRule::alert).collect(Collectors.toSet());
        assertThat(tested.get(true)).isEqualTo(alerts);
        assertThat(tested.get(false)).isEqualTo(alerts);
    }
}
