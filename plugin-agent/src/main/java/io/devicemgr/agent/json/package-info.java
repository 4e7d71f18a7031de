/** JSON for the records that operator and agent share, without a data binding library: that would be a third of the agent's start. */
package io.devicemgr.agent.json;
