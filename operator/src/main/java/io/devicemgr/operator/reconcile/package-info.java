/** The loop, the informers that drive it, and everything that writes to the API server. */
package io.devicemgr.operator.reconcile;
