package io.devicemgr.testkit.trouble;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What kubectl prints, cut to what matters, without what differs from run to run, and with long lines broken. Of the conditions
 * those that are False, else those that are Unknown, else the one that is asked for; Ready only repeats one of them.
 */
final class Excerpt {
    private static final int WIDTH = 150;
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Pattern AGE_COLUMN = Pattern.compile("(?m)(\\d+[smhd])+$");
    private static final Pattern AGE = Pattern.compile("(?m)(?<=\\s)(\\d+[smhd])+(?=\\s)");
    private static final Pattern REVISION = Pattern.compile("\\b(?=[0-9a-f]*\\d)[0-9a-f]{10}\\b");
    /** The cluster has those of other troubles, too. */
    private static final Pattern NODES =
            Pattern.compile("(?<=0/)\\d+(?= nodes are available)|(?<=matches none of )\\d+");

    /** What the scheduler says of these nodes depends on what goes on there. */
    private static final Pattern UNFIT = Pattern.compile("(?<=1 Insufficient example\\.com/serial)[.,].*");

    private static final String UNFIT_NODES = ", 11 node(s) didn't match Pod's node affinity/selector.";
    private static final List<String> REVISIONS = List.of("5c1e9a4d07", "b80f6e2c31", "19d7a3f5e8");
    private static final Pattern POD = Pattern.compile("(?<=devicemgr-[a-z-]{1,40}-)[a-z0-9]{5}\\b");
    private static final List<String> LISTS = List.of("Unhealthy Devices:", "Node Problems:");

    private final List<String> lines;
    private final List<String> kept = new ArrayList<>();

    private Excerpt(List<String> lines) {
        this.lines = lines;
    }

    static String of(Look look, String output) {
        String cut = look.view() == Look.View.WHOLE
                ? output
                : new Excerpt(output.lines().toList()).deployment(look.condition());
        String steady = TIME.matcher(cut).replaceAll("2026-11-22T09:00:00Z");
        steady = AGE_COLUMN.matcher(steady).replaceAll("1m");
        steady = revisions(steady);
        steady = NODES.matcher(steady).replaceAll("12");
        steady = UNFIT.matcher(steady).replaceAll(UNFIT_NODES);
        steady = AGE.matcher(steady).replaceAll("1m");
        return broken(POD.matcher(steady).replaceAll("x7k2p"));
    }

    private static String revisions(String text) {
        List<String> seen = new ArrayList<>();
        return REVISION.matcher(text).replaceAll(found -> {
            if (!seen.contains(found.group())) {
                seen.add(found.group());
            }
            return REVISIONS.get(seen.indexOf(found.group()));
        });
    }

    private String deployment(String condition) {
        List<List<String>> conditions = conditions();
        List<List<String>> chosen = matching(conditions, "Status:\\s+False");
        if (chosen.isEmpty()) {
            chosen = matching(conditions, "Status:\\s+Unknown");
        }
        if (!condition.isEmpty()) {
            chosen = matching(conditions, "Type:\\s+" + condition);
        }
        kept.add("...");
        chosen.stream()
                .filter(one -> one.stream().noneMatch(line -> line.matches("\\s+Type:\\s+Ready")))
                .forEach(one -> one.stream()
                        .filter(line -> !line.matches("\\s+(Last Transition Time|Observed Generation):.*"))
                        .forEach(kept::add));
        if (kept.size() == 1) {
            conditions.stream()
                    .filter(one -> one.stream().anyMatch(line -> line.matches("\\s+Type:\\s+Ready")))
                    .flatMap(List::stream)
                    .filter(line -> !line.matches("\\s+(Last Transition Time|Observed Generation):.*"))
                    .forEach(kept::add);
        }
        LISTS.forEach(this::list);
        warnings();
        return String.join("\n", kept) + "\n";
    }

    private static List<List<String>> matching(List<List<String>> conditions, String line) {
        return conditions.stream()
                .filter(one -> one.stream().anyMatch(text -> text.matches("\\s+" + line)))
                .toList();
    }

    /** The entries of the list of conditions; their type comes last. */
    private List<List<String>> conditions() {
        List<List<String>> all = new ArrayList<>();
        List<String> one = new ArrayList<>();
        for (String line : section("Conditions:")) {
            one.add(line);
            if (line.matches("\\s+Type:\\s+.*")) {
                all.add(one);
                one = new ArrayList<>();
            }
        }
        return all;
    }

    private void list(String title) {
        List<String> section = section(title);
        if (!section.isEmpty()) {
            kept.add("  " + title);
            kept.addAll(section);
        }
    }

    /** The lines that are further in than the title. */
    private List<String> section(String title) {
        int at = indexOf(title);
        if (at < 0) {
            return List.of();
        }
        int depth = depth(lines.get(at));
        return lines.stream()
                .skip(at + 1L)
                .takeWhile(line -> depth(line) > depth)
                .toList();
    }

    private int indexOf(String title) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(title)) {
                return i;
            }
        }
        return -1;
    }

    private static int depth(String line) {
        return line.length() - line.stripLeading().length();
    }

    /** Type, reason and message; how often and from whom is not the point. */
    private void warnings() {
        // Those of the same second come in any order.
        Set<String> warnings = new TreeSet<>();
        for (String line : section("Events:")) {
            String[] cells = line.strip().split("\\s{2,}", 5);
            // A node that has only just come is not ready for a moment, and has no reason yet.
            boolean joining = line.endsWith(": the node is not ready");
            if (cells.length == 5 && cells[0].equals("Warning") && !joining) {
                String times = cells[2].contains("(x") ? " " + cells[2].replaceAll(".*\\((x\\d+) .*", "($1)") : "";
                warnings.add("  Warning  " + cells[1] + times + "  " + cells[4]);
            }
        }
        if (!warnings.isEmpty()) {
            kept.add("Events:");
            kept.addAll(warnings);
        }
    }

    private static String broken(String text) {
        StringBuilder all = new StringBuilder();
        for (String line : text.stripTrailing().split("\n")) {
            String rest = line.stripTrailing();
            String margin = " ".repeat(depth(rest) + 4);
            while (rest.length() > WIDTH) {
                int at = rest.lastIndexOf(' ', WIDTH);
                if (at <= margin.length()) {
                    break;
                }
                all.append(rest, 0, at).append('\n');
                rest = margin + rest.substring(at + 1);
            }
            all.append(rest).append('\n');
        }
        return all.toString();
    }
}
