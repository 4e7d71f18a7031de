package io.devicemgr.testkit.apiserver.schema;

/** The compiled x-kubernetes-validations of one kind. */
public final class CelRules {
    /** No rules at all. */
    public static final CelRules NONE = new CelRules();

    private CelRules() {}
}
