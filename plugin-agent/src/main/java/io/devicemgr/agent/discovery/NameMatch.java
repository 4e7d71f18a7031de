package io.devicemgr.agent.discovery;

import io.devicemgr.agent.config.Wildcards;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A value with the wildcards {@code *} and {@code ?}. They match any character, and nothing else is special. */
record NameMatch(Pattern pattern) {

    /** Matches like the text; everything when it is null. */
    static NameMatch of(String text) {
        List<String> parts = Stream.of((text == null ? "*" : text).split("\\*", -1))
                .map(NameMatch::part)
                .toList();
        return new NameMatch(Pattern.compile(Wildcards.regex(parts), Pattern.DOTALL));
    }

    boolean matches(String value) {
        return pattern.matcher(value).matches();
    }

    private static String part(String text) {
        return text.codePoints()
                .mapToObj(Character::toString)
                .map(c -> c.equals("?") ? "." : Pattern.quote(c))
                .collect(Collectors.joining());
    }
}
