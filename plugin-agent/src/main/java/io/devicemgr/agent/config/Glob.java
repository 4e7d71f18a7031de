package io.devicemgr.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A path below /dev with the shell's wildcards: {@code * ? [...] {a,b}}. Braces are expanded as in a shell, and no wildcard
 * crosses a '/' or matches a leading dot.
 */
public final class Glob {
    private static final String DEV = "/dev/";

    /** Each group of braces multiplies them, so a short text could fill the memory. */
    private static final int MAX_ALTERNATIVES = 256;

    private final String text;
    private final List<List<Segment>> alternatives;

    private Glob(String text, List<List<Segment>> alternatives) {
        this.text = text;
        this.alternatives = alternatives;
    }

    /**
     * Reads a glob.
     *
     * @throws IllegalArgumentException when it is not below /dev or not a glob
     */
    public static Glob of(String text) {
        if (!SettingsCheck.isPath(text)) {
            throw new IllegalArgumentException("'" + text + "' has a character that no file name can have here");
        }
        List<List<Segment>> alternatives =
                expand(text).stream().map(Glob::segments).toList();
        return new Glob(text, alternatives);
    }

    /** One list of path segments, below /dev, for each way to expand the braces. */
    public List<List<Segment>> alternatives() {
        return alternatives;
    }

    @Override
    public String toString() {
        return text;
    }

    private static List<Segment> segments(String path) {
        if (!path.startsWith(DEV) || path.length() == DEV.length()) {
            throw new IllegalArgumentException("'" + path + "' is not a path below /dev");
        }
        List<Segment> segments = new ArrayList<>();
        for (String name : path.substring(DEV.length()).split("/")) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw new IllegalArgumentException("'" + path + "' must not contain '//', '.' or '..'");
            }
            segments.add(Segment.of(name));
        }
        return List.copyOf(segments);
    }

    private static List<String> expand(String text) {
        int open = text.indexOf('{');
        int close = open < 0 ? -1 : matchingBrace(text, open);
        if (close < 0) {
            return List.of(text);
        }
        List<String> expanded = new ArrayList<>();
        for (String choice : choices(text.substring(open + 1, close))) {
            expanded.addAll(expand(text.substring(0, open) + choice + text.substring(close + 1)));
            if (expanded.size() > MAX_ALTERNATIVES) {
                throw new IllegalArgumentException("'" + text + "' stands for more than " + MAX_ALTERNATIVES
                        + " paths: write fewer braces, or several selectors");
            }
        }
        return expanded;
    }

    private static int matchingBrace(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            if (text.charAt(i) == '{') {
                depth++;
            } else if (text.charAt(i) == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> choices(String inside) {
        List<String> choices = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth == 0) {
                choices.add(inside.substring(start, i));
                start = i + 1;
            }
        }
        choices.add(inside.substring(start));
        return choices;
    }

    /**
     * One name of a path.
     *
     * @param literal the name, when it has no wildcard; otherwise null
     * @param matches whether a name in the directory is meant
     */
    public record Segment(String literal, Predicate<String> matches) {
        static Segment of(String name) {
            if (!name.matches(".*[*?\\[].*")) {
                return new Segment(name, name::equals);
            }
            try {
                Pattern pattern = Pattern.compile(regex(name));
                boolean hidden = name.startsWith(".");
                return new Segment(
                        null,
                        entry -> (hidden || !entry.startsWith("."))
                                && pattern.matcher(entry).matches());
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("'" + name + "' is not a glob: " + e.getDescription(), e);
            }
        }

        private static String regex(String name) {
            List<String> parts = new ArrayList<>();
            StringBuilder part = new StringBuilder();
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                int close = c == '[' ? name.indexOf(']', i + 2) : -1;
                if (c == '*') {
                    parts.add(part.toString());
                    part.setLength(0);
                } else if (c == '?') {
                    part.append('.');
                } else if (close > 0) {
                    part.append(bracket(name.substring(i + 1, close)));
                    i = close;
                } else {
                    part.append(Pattern.quote(String.valueOf(c)));
                }
            }
            parts.add(part.toString());
            return Wildcards.regex(parts);
        }

        private static String bracket(String inside) {
            boolean negated = inside.startsWith("!") || inside.startsWith("^");
            String set = (negated ? inside.substring(1) : inside).replaceAll("([\\\\\\[\\]&^])", "\\\\$1");
            return (negated ? "[^" : "[") + set + "]";
        }
    }
}
