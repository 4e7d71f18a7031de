package io.devicemgr.testkit.kubelet;

/** What a plugin can do wrong in the eyes of a kubelet; rule numbers are those of docs/kubelet-contract.md. */
public enum ViolationKind {
    /** An allocated or in-flight id was dropped from the list: a v1.36.2 kubelet panics (rule 48). */
    KUBELET_PANIC(true, "48"),
    /** A health other than {@code Healthy} or {@code Unhealthy} (rule 42). */
    WRONG_HEALTH(true, "42"),
    /** An id twice in one list (rule 43). */
    DUPLICATE_ID(true, "43"),
    /** An empty id (rule 44). */
    EMPTY_ID(true, "44"),
    /** An id above 63 characters (rule 44). */
    ID_TOO_LONG(true, "44"),
    /** A TopologyInfo without nodes (rule 54). */
    EMPTY_TOPOLOGY(true, "54"),
    /** A NUMA node that this machine does not have (rule 55). */
    UNKNOWN_NUMA_NODE(true, "55"),
    /** A message above 4,194,304 bytes (rule 11). */
    MESSAGE_TOO_LARGE(true, "11"),
    /** The same list sent again on one stream (rule 50). */
    UNCHANGED_LIST(true, "50"),
    /** An endpoint that is not a bare file name (rule 16). */
    ENDPOINT_NOT_BARE(true, "16"),
    /** The same socket registered again while its stream is open (rule 25). */
    REGISTERED_TWICE(true, "25"),
    /** Register for a resource that the plugin watcher has, or the other way round (rule 37). */
    REGISTERED_BOTH_WAYS(true, "37"),
    /** An Allocate answer without exactly one container response per request (rules 58, 59). */
    ALLOCATE_RESPONSE_COUNT(true, "58, 59"),
    /** A preferred allocation that is not a subset of the right size with all must-include ids (rule 72d). */
    BAD_PREFERENCE(true, "72d"),
    /** A device node without permissions (rule 69). */
    NO_PERMISSIONS(true, "69"),
    /** Permissions of a device node other than some of {@code r}, {@code w}, {@code m} (rule 69). */
    WRONG_PERMISSIONS(true, "69"),
    /** A CDI name that is not {@code vendor/class=name} (rule 71a). */
    WRONG_CDI_NAME(true, "71a"),
    /** More than one list a second on average over ten seconds (rule 50); bursts are legal. */
    LIST_RATE(false, "50"),
    /** An id that another resource of the node lists as well (rule 45). */
    ID_SHARED_BETWEEN_RESOURCES(false, "45"),
    /** The first list came more than a second after ListAndWatch (rule 39). */
    SLOW_FIRST_LIST(false, "39"),
    /** Allocate took more than a second while the kubelet held its admission lock (rule 65). */
    SLOW_ALLOCATE(false, "65"),
    /** Options of Register differ from those of GetDevicePluginOptions (rule 24). */
    OPTIONS_DIFFER(false, "24"),
    /**
     * Register less than half a second after the kubelet has noticed the end of the plugin's own stream: without the pause of
     * a second (rule 83), part of which a busy kubelet does not see.
     */
    REGISTERED_WITHOUT_PAUSE(false, "83");

    private final boolean fatal;
    private final String rule;

    ViolationKind(boolean fatal, String rule) {
        this.fatal = fatal;
        this.rule = rule;
    }

    /** True when a test must fail for it; the others are warnings. */
    public boolean fatal() {
        return fatal;
    }

    /** Number of the rule in docs/kubelet-contract.md, or numbers. */
    public String rule() {
        return rule;
    }
}
