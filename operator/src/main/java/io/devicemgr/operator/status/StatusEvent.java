package io.devicemgr.operator.status;

/**
 * Something that people should hear of.
 *
 * @param warning whether it is bad news
 * @param reason one word
 * @param message the same in words; equal for repeats, so it holds no times
 * @param node the node that it is about; null for the deployment itself
 */
public record StatusEvent(boolean warning, String reason, String message, String node) {}
