package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * A computed status.
 *
 * @param lookAgainIn when time alone will change it
 * @param sightings to be given to the next computation
 */
public record StatusResult(DevicePluginDeploymentStatus status, Optional<Duration> lookAgainIn, Sightings sightings) {}
