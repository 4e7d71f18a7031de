/** Probes: what tells whether a device that is there can be used, run by turns and judged by thresholds. */
package io.devicemgr.agent.health;
