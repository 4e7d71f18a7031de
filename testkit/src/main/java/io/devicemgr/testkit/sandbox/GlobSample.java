package io.devicemgr.testkit.sandbox;

/** Makes up a path that a glob matches. */
final class GlobSample {
    private GlobSample() {}

    /** The path number {@code number} (0, 1, ...) that a glob matches; the glob itself when it has no wildcard. */
    static String of(String glob, int number) {
        StringBuilder path = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            char c = glob.charAt(i);
            if (c == '*') {
                path.append(number);
                i += glob.startsWith("**", i) ? 2 : 1;
            } else if (c == '?') {
                path.append((char) ('0' + number));
                i++;
            } else if (c == '[') {
                int end = glob.indexOf(']', i + 2);
                path.append(member(glob.substring(i + 1, end), number));
                i = end + 1;
            } else if (c == '{') {
                int end = glob.indexOf('}', i);
                String[] choices = glob.substring(i + 1, end).split(",");
                path.append(of(choices[number % choices.length], number));
                i = end + 1;
            } else {
                path.append(c);
                i++;
            }
        }
        return path.toString();
    }

    private static char member(String set, int number) {
        if (set.startsWith("!")) {
            return "!0123456789".contains(set.substring(1)) ? 'a' : (char) ('0' + number);
        }
        boolean range = set.length() == 3 && set.charAt(1) == '-';
        return range ? (char) Math.min(set.charAt(0) + number, set.charAt(2)) : set.charAt(number % set.length());
    }
}
