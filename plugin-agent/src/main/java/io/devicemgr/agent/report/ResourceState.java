package io.devicemgr.agent.report;

import java.time.Instant;

/**
 * How far the kubelet has taken over one resource.
 *
 * @param verified null while not known
 * @param lastError null when all is well
 * @param offered healthy ids on the kubelet's list; null when nothing is registered
 */
public record ResourceState(
        String name, boolean registered, Boolean verified, Instant since, String lastError, Integer offered) {}
