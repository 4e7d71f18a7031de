package io.devicemgr.api.v1alpha1;

/** Group and version of the custom resources. */
public final class ApiGroup {
    public static final String NAME = "devicemgr.io";
    public static final String VERSION = "v1alpha1";

    private ApiGroup() {}
}
