/** What the operator is told by its environment. */
package io.devicemgr.operator.config;
