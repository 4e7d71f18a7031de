/** What the operator says about itself. */
package io.devicemgr.operator.telemetry;
