/**
 * OpenShift's machine config operator, as far as a KubeletConfig and its pools go (docs/openshift.md 1 and 3). It does nothing
 * by itself: each of its controllers takes a step when it is told to, so that a test sees every state in between.
 *
 * <p>Left out on purpose: MachineConfigs as objects (they are kept here, by name), ContainerRuntimeConfigs, image mode, drains,
 * retries with a back-off, and every field of a KubeletConfiguration but those of {@link
 * io.devicemgr.testkit.openshift.KubeletConfigContent}.
 */
package io.devicemgr.testkit.openshift;
