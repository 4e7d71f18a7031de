package io.devicemgr.agent.config;

import java.util.List;

/** Regular expressions for text with {@code *} in it, which take no longer than the text is long times the pattern. */
public final class Wildcards {
    private Wildcards() {}

    /**
     * What matches the parts in their order with anything in between.
     *
     * @param parts regular expressions of what stands between the stars, each of which matches a fixed number of characters; the
     *     first and the last may be empty
     */
    public static String regex(List<String> parts) {
        int last = parts.size() - 1;
        StringBuilder regex = new StringBuilder(parts.get(0));
        for (String part : parts.subList(Math.min(1, last), last)) {
            // The first place where a part fits leaves the most room for the others, so no other place is ever tried.
            regex.append("(?>.*?").append(part).append(')');
        }
        return last == 0 ? regex.toString() : regex + ".*" + parts.get(last);
    }
}
