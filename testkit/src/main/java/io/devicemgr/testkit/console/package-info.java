/** The simulated kubelet as a command, for plugins in any language. */
package io.devicemgr.testkit.console;
