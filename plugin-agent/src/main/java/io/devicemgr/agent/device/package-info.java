/** What the agent knows of its devices: immutable values, and the one cell that holds the newest. */
package io.devicemgr.agent.device;
