/** The end of an installation: deployments first, then what belongs to them, the operator last. */
package io.devicemgr.operator.uninstall;
