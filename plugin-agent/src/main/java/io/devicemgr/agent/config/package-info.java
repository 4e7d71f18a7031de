/** What the agent is told: the settings file and the environment, read once and validated. */
package io.devicemgr.agent.config;
