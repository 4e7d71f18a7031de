package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The Job controller as far as one pod at a time goes, tried again up to {@code backoffLimit} times and within
 * {@code activeDeadlineSeconds}, with exit codes that fail the Job at once (pkg/controller/job in Kubernetes).
 */
final class JobController {
    private static final int DEFAULT_BACKOFF_LIMIT = 6;

    private final KubernetesClient client;

    JobController(KubernetesClient client) {
        this.client = client;
    }

    void sync(Job job, List<Pod> allPods, Instant now) {
        JobStatus before = Objects.requireNonNullElseGet(job.getStatus(), JobStatus::new);
        if (before.getConditions().stream().anyMatch(condition -> "True".equals(condition.getStatus()))) {
            return;
        }
        List<Pod> pods = PodTemplates.ownedBy(job, allPods);
        int failed = count(pods, "Failed");
        int succeeded = count(pods, "Succeeded");
        int active = pods.size() - failed - succeeded;
        Instant start = before.getStartTime() == null ? now : Instant.parse(before.getStartTime());
        Integer limit = job.getSpec().getBackoffLimit();
        Long deadline = job.getSpec().getActiveDeadlineSeconds();
        JobStatusBuilder status = new JobStatusBuilder().withStartTime(start.toString());
        if (succeeded >= Objects.requireNonNullElse(job.getSpec().getCompletions(), 1)) {
            end(status.withCompletionTime(now.toString()), "Complete", null, "", now);
        } else if (pods.stream().anyMatch(pod -> failsJob(job, pod))) {
            end(status, "Failed", "PodFailurePolicy", "A container failed with an exit code that fails the Job", now);
        } else if (failed > Objects.requireNonNullElse(limit, DEFAULT_BACKOFF_LIMIT)) {
            end(status, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit", now);
        } else if (deadline != null && now.isAfter(start.plusSeconds(deadline))) {
            pods.forEach(pod -> client.resource(pod).delete());
            end(status, "Failed", "DeadlineExceeded", "Job was active longer than specified deadline", now);
        } else if (active == 0) {
            Map<String, String> labels = Map.of(
                    "batch.kubernetes.io/job-name", job.getMetadata().getName(),
                    "job-name", job.getMetadata().getName());
            client.resource(PodTemplates.pod(job.getSpec().getTemplate(), job, labels))
                    .create();
            active = 1;
        }
        write(
                job,
                status.withActive(active)
                        .withFailed(failed)
                        .withSucceeded(succeeded)
                        .build());
    }

    private static int count(List<Pod> pods, String phase) {
        return (int) pods.stream()
                .filter(pod -> PodTemplates.phase(pod).equals(phase))
                .count();
    }

    private static boolean failsJob(Job job, Pod pod) {
        return job.getSpec().getPodFailurePolicy() != null
                && PodTemplates.phase(pod).equals("Failed")
                && job.getSpec().getPodFailurePolicy().getRules().stream()
                        .filter(rule -> rule.getAction().equals("FailJob") && rule.getOnExitCodes() != null)
                        .anyMatch(rule -> pod.getStatus().getContainerStatuses().stream()
                                .anyMatch(container ->
                                        rule.getOnExitCodes().getValues().contains(exitCode(container))));
    }

    private static int exitCode(ContainerStatus container) {
        return container.getState().getTerminated() == null
                ? 0
                : container.getState().getTerminated().getExitCode();
    }

    private static void end(JobStatusBuilder status, String type, String reason, String message, Instant now) {
        JobCondition condition = new JobCondition();
        condition.setType(type);
        condition.setStatus("True");
        condition.setReason(reason);
        condition.setMessage(message);
        condition.setLastTransitionTime(now.toString());
        status.withConditions(condition);
    }

    private void write(Job job, JobStatus status) {
        if (!status.equals(job.getStatus())) {
            client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(job.getMetadata().getNamespace())
                    .withName(job.getMetadata().getName())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
        }
    }
}
