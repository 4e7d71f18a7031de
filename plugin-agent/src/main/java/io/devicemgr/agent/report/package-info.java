/** The NodeDeviceReport: computed from what the agent knows, and written when it changes. The only package that talks to the API server. */
package io.devicemgr.agent.report;
