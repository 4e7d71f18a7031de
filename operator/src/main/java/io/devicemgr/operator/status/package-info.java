/** What was observed -> status, conditions and events. Pure functions. */
package io.devicemgr.operator.status;
