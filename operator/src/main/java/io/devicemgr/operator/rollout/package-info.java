/** The rollout as a pure function: which agent pods are to be replaced now. */
package io.devicemgr.operator.rollout;
