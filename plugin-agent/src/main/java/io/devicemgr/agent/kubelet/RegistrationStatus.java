package io.devicemgr.agent.kubelet;

import java.time.Instant;

/**
 * How far the kubelet has taken over one resource.
 *
 * @param resource extended resource name
 * @param registered whether the kubelet accepted the registration and reads the list
 * @param verified whether PodResources shows the healthy devices; null while not known
 * @param since since when it is, or is not, registered
 * @param lastError what is in the way, or null
 */
public record RegistrationStatus(
        String resource, boolean registered, Boolean verified, Instant since, String lastError) {}
