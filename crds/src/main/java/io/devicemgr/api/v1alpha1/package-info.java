/** The custom resources of {@code devicemgr.io/v1alpha1}: the sole home of their field documentation and schema. */
package io.devicemgr.api.v1alpha1;
