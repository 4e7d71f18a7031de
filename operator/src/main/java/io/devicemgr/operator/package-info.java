/** The control-plane half. */
package io.devicemgr.operator;
