package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.devicemgr.testkit.sandbox.Distribution;
import io.devicemgr.testkit.trouble.Kubectl;
import io.devicemgr.testkit.trouble.Scene;
import io.devicemgr.testkit.trouble.Stage;
import io.devicemgr.testkit.trouble.Trouble;
import io.devicemgr.testkit.trouble.Troubles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/troubleshooting.md quotes what kubectl shows of real troubles: each is brought about, compared with the page and ended, all
 * of them in one cluster. {@code -Dtroubles.write=true} writes what is quoted.
 */
class TroubleshootingIT {
    private static final Path PAGE = Line.project().resolve("docs/troubleshooting.md");
    private static final boolean WRITE = Boolean.getBoolean("troubles.write");
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** They mostly wait. */
    private static final int AT_A_TIME = 8;
    /** What counts only after half a minute comes first. */
    private static final Set<String> LONG = Set.of("other-plugin", "out-of-sync");

    private static final Map<String, CompletableFuture<String>> SHOWN = new TreeMap<>();
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(AT_A_TIME);
    private static Scene scene;

    @BeforeAll
    static void beginAll() throws IOException {
        scene = new Scene(Distribution.builtIn(Line.project()));
        SHOWN.put(Troubles.WITHOUT_OPERATOR, CompletableFuture.completedFuture(play(named(Troubles.WITHOUT_OPERATOR))));
        Troubles.all().stream()
                .sorted(Comparator.comparing(trouble -> !LONG.contains(trouble.name())))
                .filter(trouble -> !trouble.name().equals(Troubles.WITHOUT_OPERATOR))
                .forEach(trouble ->
                        SHOWN.put(trouble.name(), CompletableFuture.supplyAsync(() -> play(trouble), THREADS)));
    }

    @AfterAll
    static void close() {
        THREADS.shutdownNow();
        scene.close();
    }

    static List<String> names() {
        return Troubles.all().stream().map(Trouble::name).toList();
    }

    /** Ends, too: a trouble that does not end as the page says fails here. */
    @ParameterizedTest
    @MethodSource("names")
    void thePageQuotesWhatIsShown(String name) throws IOException {
        String shown = SHOWN.get(name).join();
        assumeThat(Kubectl.isThere()).as("kubectl is not on the path").isTrue();
        if (WRITE) {
            Files.writeString(PAGE, with(page(), name, shown));
        }
        assertThat(shown).isEqualTo(quoted(name));
    }

    @Test
    void thePageQuotesNothingElse() {
        assertThat(block("[a-z-]+").matcher(page()).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(names());
    }

    private static Trouble named(String name) {
        return Troubles.named(name);
    }

    private static String play(Trouble trouble) {
        Stage stage = scene.stage(trouble);
        try {
            trouble.begin().run(stage);
            String shown = Kubectl.isThere() ? shown(trouble) : "";
            trouble.end().run(stage);
            stage.strike();
            return shown;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes last, such as events, takes a moment: waits until it is what the page has, or stays as it is. */
    private static String shown(Trouble trouble) {
        String[] last = {""};
        int[] same = {0};
        try {
            Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
                String now = show(trouble);
                same[0] = now.equals(last[0]) ? same[0] + 1 : 0;
                last[0] = now;
                return WRITE ? same[0] > 3 : now.equals(quoted(trouble.name()));
            });
        } catch (ConditionTimeoutException e) {
            // The comparison tells what differs.
        }
        return last[0];
    }

    private static String show(Trouble trouble) {
        Kubectl kubectl = new Kubectl(scene.cluster().kubeconfig());
        return trouble.looks().stream().map(kubectl::show).collect(Collectors.joining("\n"));
    }

    private static Pattern block(String name) {
        return Pattern.compile("(?s)<!-- (" + name + ") -->\n```\n(.*?)```\n");
    }

    private static String quoted(String name) {
        Matcher matcher = block(name).matcher(page());
        return matcher.find() ? matcher.group(2) : "";
    }

    private static String with(String page, String name, String shown) {
        String text = "<!-- " + name + " -->\n```\n" + shown + "```\n";
        Matcher matcher = block(name).matcher(page);
        return matcher.find() ? matcher.replaceFirst(Matcher.quoteReplacement(text)) : page + "\n" + text;
    }

    private static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
