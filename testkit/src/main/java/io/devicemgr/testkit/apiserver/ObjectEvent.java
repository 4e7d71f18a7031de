package io.devicemgr.testkit.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A change of an object as simulators see it; type is ADDED, MODIFIED or DELETED. The tree is to be read only. */
public record ObjectEvent(String type, String group, String resource, ObjectNode object) {}
