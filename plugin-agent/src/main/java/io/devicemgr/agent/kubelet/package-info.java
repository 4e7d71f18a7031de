/** The kubelet's side: gRPC services, registration, PodResources. The only package that speaks gRPC. */
package io.devicemgr.agent.kubelet;
