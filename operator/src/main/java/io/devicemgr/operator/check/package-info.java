/** Looks at an installation with the eyes of the operator: {@code helm test} runs it. Changes nothing. */
package io.devicemgr.operator.check;
