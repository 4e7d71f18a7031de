package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a write gives back: the status code, the object, and warnings for the client. */
public record Outcome(int code, ObjectNode object, List<String> warnings) {}
