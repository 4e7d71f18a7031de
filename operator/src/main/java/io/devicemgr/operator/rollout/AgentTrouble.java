package io.devicemgr.operator.rollout;

import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What keeps an agent from being ready, in the word that the kubelet has for it. */
final class AgentTrouble {
    private AgentTrouble() {}

    static Optional<String> of(AgentPod agent) {
        if (agent.pod().getStatus() == null) {
            return Optional.empty();
        }
        return Stream.of(
                        agent.pod().getStatus().getInitContainerStatuses(),
                        agent.pod().getStatus().getContainerStatuses())
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .map(AgentTrouble::waiting)
                .flatMap(Optional::stream)
                .findFirst()
                .map(reason -> " (" + reason + ")");
    }

    private static Optional<String> waiting(ContainerStatus container) {
        return Optional.ofNullable(container.getState())
                .map(state -> state.getWaiting())
                .map(ContainerStateWaiting::getReason)
                .filter(reason ->
                        !List.of("ContainerCreating", "PodInitializing").contains(reason))
                // The kubelet says one after each attempt and the other until the next.
                .map(reason -> "ErrImagePull".equals(reason) ? "ImagePullBackOff" : reason);
    }
}
