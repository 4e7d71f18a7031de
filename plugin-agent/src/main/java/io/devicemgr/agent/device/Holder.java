package io.devicemgr.agent.device;

/** A container that holds a device. */
public record Holder(String namespace, String pod, String container) {}
