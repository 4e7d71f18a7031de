/** What every part of the agent runs on: directory watching, pacing, and the sign of life of a worker. */
package io.devicemgr.agent.runtime;
