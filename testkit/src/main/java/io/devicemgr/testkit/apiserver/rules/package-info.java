/** What Kubernetes' own validation says of the objects that a device agent's deployment makes, with its words. */
package io.devicemgr.testkit.apiserver.rules;
