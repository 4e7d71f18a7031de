/** Which of several operators acts: the one that holds the Lease. */
package io.devicemgr.operator.leader;
