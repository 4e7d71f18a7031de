/** The kubelet's side: gRPC services, registration, PodResources. The only package that speaks gRPC. Contract rules: docs/kubelet-contract.md. */
package io.devicemgr.agent.kubelet;
