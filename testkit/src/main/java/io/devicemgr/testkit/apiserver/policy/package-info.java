/** ValidatingAdmissionPolicies: which requests they look at, and what they say. */
package io.devicemgr.testkit.apiserver.policy;
