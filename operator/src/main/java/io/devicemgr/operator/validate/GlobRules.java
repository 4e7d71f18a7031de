package io.devicemgr.operator.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which globs an agent understands: paths below /dev with the shell's wildcards. */
final class GlobRules {
    private static final String DEV = "/dev/";
    /** As many as an agent follows; each group of braces multiplies them. */
    private static final int MAX_PATHS = 256;

    private static final Pattern INNERMOST = Pattern.compile("\\{([^{}]*)}");

    private GlobRules() {}

    /** What is wrong with a glob and what to write instead; nothing when all is well. */
    static Optional<String> problem(String glob) {
        List<String> paths = new ArrayList<>(List.of(glob));
        for (int i = 0; i < paths.size(); i++) {
            Matcher braces = INNERMOST.matcher(paths.get(i));
            if (braces.find()) {
                String path = paths.remove(i--);
                for (String choice : braces.group(1).split(",", -1)) {
                    paths.add(path.substring(0, braces.start()) + choice + path.substring(braces.end()));
                }
            }
            if (paths.size() > MAX_PATHS) {
                return Optional.of(
                        "stands for more than " + MAX_PATHS + " paths; write fewer braces, or several selectors");
            }
        }
        return paths.stream()
                .map(GlobRules::problemOf)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> problemOf(String path) {
        if (!path.startsWith(DEV) || path.length() == DEV.length()) {
            return Optional.of("stands for '" + path + "', which is not below /dev; write for example /dev/ttyUSB*");
        }
        for (String name : path.substring(DEV.length()).split("/")) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return Optional.of("stands for '" + path + "'; write it without '//', '.' and '..'");
            }
            if (hasBadBracket(name)) {
                return Optional.of("has brackets that stand for nothing; write for example [0-9]");
            }
        }
        return Optional.empty();
    }

    /** A set that is empty but for its negation, or a range that runs backwards. */
    private static boolean hasBadBracket(String name) {
        for (int open = name.indexOf('['); open >= 0; ) {
            int close = name.indexOf(']', open + 2);
            if (close < 0) {
                return false;
            }
            String set = name.substring(open + 1, close);
            String characters = set.startsWith("!") || set.startsWith("^") ? set.substring(1) : set;
            try {
                Pattern.compile("[" + characters.replaceAll("([\\\\\\[\\]&^])", "\\\\$1") + "]");
            } catch (PatternSyntaxException e) {
                return true;
            }
            open = name.indexOf('[', close);
        }
        return false;
    }
}
