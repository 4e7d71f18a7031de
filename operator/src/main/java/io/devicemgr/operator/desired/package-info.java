/** The objects that should exist, one file for each; pure functions, the same for create and for update. */
package io.devicemgr.operator.desired;
