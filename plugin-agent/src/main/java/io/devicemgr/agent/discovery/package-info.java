/** Finds devices and notices when they come and go. Knows nothing of the kubelet. */
package io.devicemgr.agent.discovery;
