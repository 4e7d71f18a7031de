/** What is seen of the nodes of one deployment: each node with its agent, the agent's report, and what the node advertises. */
package io.devicemgr.operator.fleet;
