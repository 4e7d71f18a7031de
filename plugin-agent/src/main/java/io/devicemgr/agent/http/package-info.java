/** A small HTTP server for probes and scrapes; knows nothing of what its pages say. */
package io.devicemgr.agent.http;
