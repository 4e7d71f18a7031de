/** The troubles of docs/troubleshooting.md: each brought about in a simulated cluster, looked at with kubectl, and ended. */
package io.devicemgr.testkit.trouble;
