/**
 * The rollout as a pure state machine: from what is seen and what it remembers to the next step. What it remembers is the status
 * of the deployment and a note on each report whose node is in its turn, so an operator that starts in the middle goes on.
 */
package io.devicemgr.operator.rollout;
