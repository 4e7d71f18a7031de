package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One version for all that is released together. */
class VersionTest {
    private static final Pattern POM =
            Pattern.compile("<artifactId>device-plugin-operator</artifactId>\\s*<version>([^<]+)<");
    private static final Pattern HEADING = Pattern.compile("(?m)^## (\\S+)( \\(unreleased\\))?$");

    private static String project() {
        Matcher version = POM.matcher(read("pom.xml"));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    /** The release that this build is to become. */
    static String release() {
        return project().replace("-SNAPSHOT", "");
    }

    private static String read(String file) {
        try {
            return Files.readString(Line.project().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyModuleIsOfTheProjectsVersion() {
        Matcher module = Pattern.compile("<module>([^<]+)</module>").matcher(read("pom.xml"));
        List<String> modules = module.results().map(found -> found.group(1)).toList();
        assertThat(modules).isNotEmpty();
        for (String each : modules) {
            Matcher parent = POM.matcher(read(each + "/pom.xml"));
            assertThat(parent.find()).as(each).isTrue();
            assertThat(parent.group(1)).as(each).isEqualTo(project());
        }
    }

    /** The chart's images are named by its appVersion. */
    @Test
    void theChartIsOfTheProjectsVersion() throws IOException {
        Map<?, ?> chart = Serialization.unmarshal(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml")), Map.class);
        assertThat(chart.get("version")).isEqualTo(release());
        assertThat(chart.get("appVersion")).isEqualTo(release());
    }

    @Test
    void theChangelogBeginsWithTheProjectsVersionAndSaysWhatEachReleaseBreaks() {
        String changelog = read("CHANGELOG.md");
        Matcher first = HEADING.matcher(changelog);
        assertThat(first.find()).isTrue();
        assertThat(first.group(1)).isEqualTo(release());
        assertThat(first.group(2) != null).isEqualTo(project().endsWith("-SNAPSHOT"));
        for (String section : changelog.split("(?m)^## ", -1)) {
            if (section.matches("(?s)\\d.*")) {
                assertThat(section).contains("### Breaking changes\n");
            }
        }
    }
}
