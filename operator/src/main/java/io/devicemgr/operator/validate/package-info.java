/** What the schema of the custom resource cannot say. */
package io.devicemgr.operator.validate;
