package io.devicemgr.agent.discovery;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A value with the wildcards {@code *} and {@code ?}. They match any character, and nothing else is special. */
record NameMatch(Pattern pattern) {

    /** Matches like the text; everything when it is null. */
    static NameMatch of(String text) {
        String regex = text == null
                ? ".*"
                : text.codePoints()
                        .mapToObj(Character::toString)
                        .map(c -> c.equals("*") ? ".*" : c.equals("?") ? "." : Pattern.quote(c))
                        .collect(Collectors.joining());
        return new NameMatch(Pattern.compile(regex, Pattern.DOTALL));
    }

    boolean matches(String value) {
        return pattern.matcher(value).matches();
    }
}
