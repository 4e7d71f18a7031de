package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of Grafana's dashboards that can be broken by hand; whether it asks for what exists: AlertsTest. */
class DashboardTest {
    private static final int COLUMNS = 24;
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");
    private static final List<String> KINDS = List.of("row", "stat", "table", "timeseries", "state-timeline");

    private final List<Map<String, Object>> panels = Watching.panels().toList();

    private static int number(Map<String, Object> of, String name) {
        return ((Number) of.get(name)).intValue();
    }

    private static Map<String, Object> place(Map<String, Object> panel) {
        return Watching.map(panel.get("gridPos"));
    }

    @Test
    void everyPanelHasANumberATitleAndItsPlace() {
        assertThat(panels).extracting(panel -> panel.get("id")).doesNotHaveDuplicates();
        List<String> taken = new ArrayList<>();
        for (Map<String, Object> panel : panels) {
            assertThat(panel.get("type")).isIn(KINDS);
            assertThat((String) panel.get("title")).isNotBlank();
            Map<String, Object> place = place(panel);
            assertThat(number(place, "x") + number(place, "w")).isLessThanOrEqualTo(COLUMNS);
            for (int x = number(place, "x"); x < number(place, "x") + number(place, "w"); x++) {
                for (int y = number(place, "y"); y < number(place, "y") + number(place, "h"); y++) {
                    taken.add(x + "," + y);
                }
            }
        }
        assertThat(taken).doesNotHaveDuplicates();
    }

    @Test
    void everyPanelSaysWhatItShowsAndAsksTheChosenPrometheus() {
        panels.stream().filter(panel -> !panel.get("type").equals("row")).forEach(panel -> {
            assertThat((String) panel.get("description"))
                    .as("%s", panel.get("title"))
                    .endsWith(".");
            List<Map<String, Object>> targets =
                    Watching.maps(panel.get("targets")).toList();
            assertThat(targets)
                    .isNotEmpty()
                    .extracting(target -> target.get("refId"))
                    .doesNotHaveDuplicates();
            assertThat(targets)
                    .allSatisfy(target -> assertThat(Watching.map(target.get("datasource")))
                            .containsEntry("type", "prometheus")
                            .containsEntry("uid", "${datasource}"));
        });
    }

    @Test
    void everyVariableThatIsUsedIsThere() {
        List<Map<String, Object>> variables = Watching.maps(
                        Watching.map(Watching.dashboard().get("templating")).get("list"))
                .toList();
        List<Object> names =
                variables.stream().map(variable -> variable.get("name")).toList();
        assertThat(names).containsExactly("datasource", "namespace", "deployment", "node");
        Stream<String> used = Stream.concat(
                panels.stream()
                        .flatMap(panel -> Watching.maps(panel.get("targets")))
                        .map(target -> (String) target.get("expr")),
                variables.stream()
                        .map(variable -> (String) variable.get("definition"))
                        .filter(Objects::nonNull));
        assertThat(used.flatMap(expr -> VARIABLE.matcher(expr).results())
                        .map(variable -> variable.group(1))
                        .filter(name -> !name.startsWith("__")))
                .isNotEmpty()
                .allMatch(names::contains);
    }
}
