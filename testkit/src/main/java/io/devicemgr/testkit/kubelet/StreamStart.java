package io.devicemgr.testkit.kubelet;

/** Whether ListAndWatch is sent before or after the Register reply; a real kubelet leaves it to chance (rule 23). */
public enum StreamStart {
    BEFORE_REPLY,
    AFTER_REPLY,
    RANDOM
}
