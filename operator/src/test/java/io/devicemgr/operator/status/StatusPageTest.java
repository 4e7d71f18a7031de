package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/status.md explains every word that the status and the events use, and none that they do not. */
class StatusPageTest {
    private static final Path PAGE = Path.of("../docs/status.md");
    private static final Path SOURCES = Path.of("src/main/java/io/devicemgr/operator");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]*) \\|");
    private static final Pattern WORD = Pattern.compile("`([A-Z][A-Za-z]+)`");
    private static final Pattern LITERAL = Pattern.compile("\"([A-Z][A-Za-z]{3,})\"");

    /** What the same classes read of others and never say themselves. */
    private static final Set<String> READ = Set.of(
            // Conditions, and the values of conditions.
            "True",
            "False",
            "Unknown",
            "Ready",
            "PodScheduled",
            "PodReadyToStartContainers",
            // Pods and taints.
            "ContainerCreating",
            "PodInitializing",
            "ErrImagePull",
            "RegistryUnavailable",
            "SignatureValidationFailed",
            "RunContainerError",
            "PostStartHookError",
            "PreferNoSchedule",
            // The kubelet's word for a pod that failed without one.
            "Failed",
            // The machine config operator, and pools in status.kubeletConfig.
            "Accepted",
            "Success",
            "Failure",
            "Done",
            "Unreconcilable",
            "Updated",
            "Updating",
            "Waiting",
            "Degraded");

    @ParameterizedTest
    @EnumSource
    void everyConditionHasAChapter(ConditionType type) throws IOException {
        assertThat(page()).contains("\n### " + type + "\n");
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonOfAConditionIsExplained(ConditionReason reason) throws IOException {
        if (reason == ConditionReason.Pending) {
            assertThat(page()).contains("Unknown with reason `Pending`: ");
        } else {
            assertThat(conditions()).contains("\n| `" + reason + "` | ");
        }
    }

    @Test
    void everyReasonOfANodeAndOfAnEventIsExplained() throws IOException {
        Set<String> said = said();
        assertThat(said).contains("SCCForbidden", "OtherPlugin", "DeviceOfferedTwice", "AgentsLeft", "Promoted");
        assertThat(explained()).containsAll(said);
    }

    @Test
    void nothingIsExplainedThatNobodySays() throws IOException {
        Set<String> known = said();
        Stream.of(ConditionReason.values()).map(ConditionReason::name).forEach(known::add);
        // The scheduler's word, which is passed on.
        known.add("Unschedulable");
        assertThat(known).containsAll(explained());
    }

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    private static String conditions() throws IOException {
        String page = page();
        return page.substring(page.indexOf("\n## Conditions\n"), page.indexOf("\n## Nodes with a problem\n"));
    }

    /** The words in the first cells of the tables. */
    private static Set<String> explained() throws IOException {
        return ROW.matcher(page())
                .results()
                .flatMap(row -> WORD.matcher(row.group(1)).results())
                .map(word -> word.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Words in the code that makes conditions, problems of nodes and events. */
    private static Set<String> said() throws IOException {
        Set<String> words = new TreeSet<>();
        for (Path source : sources()) {
            LITERAL.matcher(Files.readString(source))
                    .results()
                    .map((MatchResult literal) -> literal.group(1))
                    .filter(word -> !READ.contains(word))
                    .forEach(words::add);
        }
        return words;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> status = Files.list(SOURCES.resolve("status"))) {
            return Stream.concat(
                            status.filter(file -> file.toString().endsWith(".java")),
                            Stream.of("fleet/SharedDevices.java", "reconcile/Farewell.java")
                                    .map(SOURCES::resolve))
                    .sorted()
                    .toList();
        }
    }
}
