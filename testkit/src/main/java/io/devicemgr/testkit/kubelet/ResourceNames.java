package io.devicemgr.testkit.kubelet;

import java.util.regex.Pattern;

/** The kubelet's check of an extended resource name (rule 17). */
final class ResourceNames {
    private static final int LONGEST_PREFIX = 244;
    private static final int LONGEST_NAME = 63;
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");

    private ResourceNames() {}

    static boolean isExtended(String name) {
        if (name.contains("kubernetes.io/") || name.startsWith("requests.")) {
            return false;
        }
        int slash = name.indexOf('/');
        return slash > 0 && isPrefix(name.substring(0, slash)) && isName(name.substring(slash + 1));
    }

    private static boolean isPrefix(String prefix) {
        return prefix.length() <= LONGEST_PREFIX && PREFIX.matcher(prefix).matches();
    }

    private static boolean isName(String name) {
        return name.length() <= LONGEST_NAME && NAME.matcher(name).matches();
    }
}
