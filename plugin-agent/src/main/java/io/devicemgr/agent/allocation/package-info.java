/** What a container gets for the devices that the kubelet chose. Pure functions. */
package io.devicemgr.agent.allocation;
