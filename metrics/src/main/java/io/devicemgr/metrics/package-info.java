/** Instruments and the Prometheus text format that they are read in. Knows nothing of devices. */
package io.devicemgr.metrics;
