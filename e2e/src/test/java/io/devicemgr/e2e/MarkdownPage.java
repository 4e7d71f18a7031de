package io.devicemgr.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One of the project's Markdown files: its links, its anchors as the usual viewers make them, and its blocks of code.
 *
 * @param file where it is
 * @param text what stands in it
 */
record MarkdownPage(Path file, String text) {
    private static final Pattern FENCED = Pattern.compile("(?ms)^([ ]*)```(\\w*)[ ]*(\\S*)\\R(.*?)^[ ]*```[ ]*$");
    private static final Pattern CODE = Pattern.compile("`[^`\\n]*`");
    private static final Pattern LINK = Pattern.compile("!?\\[((?:[^\\[\\]]|\\[[^\\[\\]]*])*)\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern ID = Pattern.compile("<a id=\"([^\"]+)\"></a>");

    /**
     * A block of code between fences.
     *
     * @param language as the fence says
     * @param place the second word of the fence: where a part belongs; empty without one
     * @param code what stands in it
     */
    record Block(String language, String place, String code) {}

    /**
     * All Markdown files of the project but what is built.
     *
     * @throws UncheckedIOException when one cannot be read
     */
    static List<MarkdownPage> all() {
        try (Stream<Path> files = Files.walk(Line.project())) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.of("target", ".git")
                            .noneMatch(built -> Line.project().relativize(file).startsWith(built)
                                    || file.toString().contains("/" + built + "/")))
                    .sorted()
                    .map(MarkdownPage::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MarkdownPage read(Path file) {
        try {
            return new MarkdownPage(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the page links to inside of the project, as written. */
    List<String> links() {
        return LINK.matcher(prose())
                .results()
                .map(link -> link.group(2))
                .filter(link -> !link.startsWith("https://"))
                .toList();
    }

    /** The file that a link of the page leads to. */
    Path target(String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty() ? file : file.resolveSibling(path).normalize();
    }

    /** What may stand behind the # of a link to the page: its headings, a number behind those that occur again, and its ids. */
    Set<String> anchors() {
        Set<String> anchors = new LinkedHashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (MatchResult heading : HEADING.matcher(withoutBlocks()).results().toList()) {
            String anchor = heading.group(1)
                    .replaceAll("<[^>]*>", "")
                    .replaceAll(LINK.pattern(), "$1")
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                    .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        }
        anchors.addAll(ids());
        return anchors;
    }

    /** The anchors that are written out. */
    List<String> ids() {
        return ID.matcher(withoutBlocks()).results().map(id -> id.group(1)).toList();
    }

    /** The blocks of code, without the indentation that they have on the page. */
    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = FENCED.matcher(text);
        while (matcher.find()) {
            String code = matcher.group(4).replaceAll("(?m)^" + matcher.group(1), "");
            blocks.add(new Block(matcher.group(2), matcher.group(3), code));
        }
        return blocks;
    }

    private String withoutBlocks() {
        return FENCED.matcher(text).replaceAll("");
    }

    private String prose() {
        return CODE.matcher(withoutBlocks()).replaceAll("");
    }

    @Override
    public String toString() {
        return Line.project().relativize(file).toString();
    }
}
