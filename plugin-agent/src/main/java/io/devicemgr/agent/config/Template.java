package io.devicemgr.agent.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with {@code $(NAME)}; {@code $$} is a dollar sign, and a name that is not known stays as it is, as in Kubernetes. */
public final class Template {
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\$|\\(([A-Za-z_][A-Za-z0-9_]*)\\))");

    private Template() {}

    /** The text with every known name replaced. */
    public static String fill(String template, Map<String, String> values) {
        return REFERENCE
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group(2) == null ? "$" : values.getOrDefault(match.group(2), match.group())));
    }
}
