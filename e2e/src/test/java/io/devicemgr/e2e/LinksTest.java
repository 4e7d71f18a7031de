package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the project's pages point to is there, and whoever starts at the README comes to all of them. */
class LinksTest {

    static List<MarkdownPage> pages() {
        return MarkdownPage.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(MarkdownPage page) {
        for (String link : page.links()) {
            Path target = page.target(link);
            assertThat(target).as(link).exists();
            if (link.contains("#")) {
                assertThat(MarkdownPage.read(target).anchors()).as(link).contains(link.replaceFirst(".*#", ""));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void noAnchorIsThereTwice(MarkdownPage page) {
        assertThat(page.ids()).doesNotHaveDuplicates();
    }

    @Test
    void everyPageIsReachedFromTheReadme() {
        Set<Path> reached = new LinkedHashSet<>();
        Deque<Path> next = new ArrayDeque<>(List.of(Line.project().resolve("README.md")));
        while (!next.isEmpty()) {
            Path file = next.pop();
            // A link to a directory shows its README.
            Path page = Files.isDirectory(file) ? file.resolve("README.md") : file;
            if (page.toString().endsWith(".md") && Files.exists(page) && reached.add(page)) {
                MarkdownPage read = MarkdownPage.read(page);
                read.links().forEach(link -> next.push(read.target(link)));
            }
        }
        // What stands in a catalog is read there.
        Path catalog = Line.project().resolve("bundle");
        assertThat(pages().stream().map(MarkdownPage::file).filter(page -> !page.startsWith(catalog)))
                .isSubsetOf(reached);
    }
}
