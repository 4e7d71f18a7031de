/** What the operator and the node agent share besides the custom resources. */
package io.devicemgr.api.agent;
